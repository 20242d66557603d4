/** Of the page around the drawing. */
export const pageStyle = `
*{box-sizing:border-box}
html,body{height:100%;margin:0}
body{display:flex;flex-direction:column;background:var(--canvas);color:var(--text);font-size:14px;line-height:1.45;overflow:hidden}
header{display:flex;align-items:center;gap:12px;padding:10px 16px;border-bottom:1px solid var(--border);background:var(--card);z-index:2}
header h1{font-size:16px;font-weight:650;margin:0;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
header h1 button{font:inherit;border:0;padding:0;background:none;height:auto}
header h1 button:hover{text-decoration:underline;text-underline-offset:3px}
header .count{color:var(--quiet);font-size:12.5px;white-space:nowrap}
header .space{flex:1}
header input{font:inherit;font-size:13px;width:190px;padding:5px 10px;border:1px solid var(--border);border-radius:8px;background:var(--canvas);color:var(--text)}
button{font:inherit;font-size:13px;min-width:32px;height:31px;padding:0 9px;border:1px solid var(--border);border-radius:8px;background:var(--canvas);color:var(--text);cursor:pointer}
button:hover{border-color:var(--quiet)}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
main{flex:1;display:flex;min-height:0}
#stage{flex:1;min-width:0;cursor:grab;touch-action:none;display:block;width:100%;height:100%}
#stage.moving{cursor:grabbing}
#stage .card,#stage .cluster{cursor:pointer;outline:none}
#stage .card:hover rect.body,#stage .card:focus-visible rect.body{stroke:var(--quiet)}
#stage g.chosen.chosen>rect.body{stroke:var(--blue);stroke-width:2;stroke-opacity:1}
#stage.tracing .edge{opacity:.16}
#stage.tracing .edge.lit{opacity:1}
#stage.searching .card{opacity:.22}
#stage.searching .card.found{opacity:1}
aside{width:400px;max-width:45vw;border-left:1px solid var(--border);background:var(--card);overflow:auto;padding:18px 20px 40px}
aside[hidden]{display:none}
aside h2{font-size:17px;margin:0;overflow-wrap:anywhere}
aside .kind{color:var(--quiet);font-size:12.5px;margin:2px 0 0}
aside .close{float:right}
aside p{margin:12px 0 0}
aside h3{font-size:12px;font-weight:650;color:var(--quiet);margin:20px 0 6px}
aside table{width:100%;border-collapse:collapse;font-size:12.5px;table-layout:fixed}
aside td{padding:5px 0;vertical-align:top;border-top:1px solid var(--border);overflow-wrap:anywhere;white-space:pre-line}
aside td:first-child{width:42%;padding-right:10px;font-weight:550}
aside .type{display:block;font-weight:400;color:var(--quiet);font-size:11.5px}
aside a{color:var(--blue);cursor:pointer;text-decoration:none}
aside a:hover{text-decoration:underline}
pre{margin:0;padding:10px 12px;border-radius:8px;background:var(--canvas);border:1px solid var(--border);font:11.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;max-height:340px;overflow:auto}
@media (max-width:760px){header input,header .count{display:none}aside{position:absolute;right:0;top:52px;bottom:0;max-width:100vw;width:100vw;border:0}}
`;
