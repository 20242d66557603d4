import type { Card, Cluster, DiagramEdge, Pill } from "../diagram/diagram.ts";
import { fitted, textWidth } from "./text-width.ts";

/** Pixels. */
export const measures = {
  title: 14,
  line: 11.5,
  badge: 10,
  edge: 10.5,
  cluster: 12,
  lineHeight: 17,
  icon: 34,
  widestCard: 340,
  widestLabel: 190,
  clusterHead: 34,
} as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function cardSize(card: Card): Size {
  const { title, line, badge, icon, lineHeight, widestCard } = measures;
  const badges = card.badges.reduce((sum, text) => sum + textWidth(text, badge) + 18, 0);
  const text = Math.max(
    textWidth(card.title, title) * 1.06,
    ...card.lines.map((each) => textWidth(each, line)),
    badges,
  );
  return {
    width: Math.round(Math.min(widestCard, Math.max(120, text + icon + 34))),
    height: Math.max(52, 34 + card.lines.length * lineHeight + (card.badges.length > 0 ? 20 : 0)),
  };
}

export function pillSize(pill: Pill): Size {
  return { width: Math.round(textWidth(`${pill.title} ${pill.type}`, measures.line) + 44), height: 30 };
}

/** Clusters are as wide as what is in them, or as their label. */
export function clusterWidth(cluster: Cluster): number {
  const keyword = textWidth(cluster.keyword, measures.cluster);
  return Math.round(Math.min(460, keyword + textWidth(cluster.label, measures.cluster) + 56));
}

/** What stands at the beginning of an edge. */
export function edgeLabel({ name, type }: DiagramEdge): string {
  return fitted(type === null ? (name ?? "") : `${name}: ${type}`, measures.edge, measures.widestLabel);
}

export function labelSize(label: string): Size {
  return { width: Math.round(textWidth(label, measures.edge)) + 12, height: 14 };
}
