# Builds, in the mount namespace that it runs in, a root that is this machine's own plus /gcs, and waits for its input to end.
# Every entry of the root is the very same file or folder as outside: only the root itself, which nobody but the system's
# own user may write to, is a new one. $1 is the folder of the buckets, $2 an empty folder.
set -e
buckets=$1
root=$2
mount -t tmpfs -o mode=755 tmpfs "$root"
for entry in /* /.[!.]*; do
  name=${entry#/}
  if [ "$name" = gcs ]; then continue
  elif [ -L "$entry" ]; then ln -s "$(readlink "$entry")" "$root/$name"
  elif [ -d "$entry" ]; then
    mkdir "$root/$name"
    mount --rbind "$entry" "$root/$name"
  elif [ -e "$entry" ]; then
    : >"$root/$name"
    mount --bind "$entry" "$root/$name"
  fi
done
mkdir "$root/gcs"
mount --bind "$buckets" "$root/gcs"
# The folder that holds the new root is in it, too, and with it the root's first, unfinished state.
umount -l "$root$root"
cd "$root"
pivot_root . .
umount -l .
[ /gcs -ef "$buckets" ]
echo ready
read -r _ || true
