# Runs a command in an image as a restricted pod would: its own mounts and processes, no root, and nothing writable but
# the folders named. Standard input holds the layers above the base as one tar stream after another.
# Arguments: unpacked base, empty folder to work in, uid, working folder in the image, writable folders joined by colons,
# then the command.
set -u
base=$1 work=$2 uid=$3 workdir=$4 writable=$5
shift 5

mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/work" "$work/root"
root=$work/root
mount -t overlay -o "lowerdir=$base,upperdir=$work/upper,workdir=$work/work" overlay "$root"
tar --extract --ignore-zeros --numeric-owner --directory "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
old=$IFS
IFS=:
for folder in $writable; do
    mkdir -p "$root$folder"
    mount -t tmpfs -o "mode=0755,uid=$uid,gid=$uid" tmpfs "$root$folder"
done
IFS=$old
mount -o remount,ro "$root"
exec chroot --userspec="$uid:$uid" --groups= "$root" sh -c 'cd "$0" && exec "$@"' "$workdir" "$@" </dev/null
