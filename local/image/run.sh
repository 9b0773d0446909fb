# Runs a command in an image like a restricted pod: with separate mounts and processes, without root, and with a
# read-only root file system except for the writable folders. Standard input holds the layers above the base as
# consecutive tar streams.
# Arguments: unpacked base, empty working folder, uid, working directory in the image, writable folders separated by
# colons, command.
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
