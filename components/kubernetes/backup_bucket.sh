# The backups are objects of a bucket. Beside each dump is an object that is written once the dump is whole: NAME.rows
# with the list of its rows, or NAME.foreign for a dump that was taken elsewhere. A dump without one is no backup.

# open uses the program that an init container has copied, without the permission to run it.
open() {
	chmod u+x "$BACKUP_TOOLS/usr/local/bin/rclone"
	PATH=$BACKUP_TOOLS/usr/local/bin:$PATH
	authorities=$BACKUP_TOOLS/etc/ssl/certs/ca-certificates.crt
	[ ! -f "$authorities" ] || export SSL_CERT_FILE="$authorities"
}

path_of() { echo "$BACKUP_REMOTE$1.dump"; }

raw() { rclone cat "$file"; }

# index lists the objects, with time and size, the newest first.
index() {
	rclone lsf --files-only --format tsp --separator '	' "$BACKUP_REMOTE" >/tmp/listed && sort -r /tmp/listed >/tmp/index
}

# marked lists the backups that have one of some objects beside their dump, the newest first. Other names than those of
# backups could be patterns for rclone.
marked() { index && sed -n -E "s/^.*\t([A-Za-z0-9._-]+)\.($1)\$/\1/p" /tmp/index; }

names() { marked 'rows|foreign'; }

# counted also fetches the lists of rows, all of them at once.
counted() {
	rclone copy --include '/*.rows' "$BACKUP_REMOTE" /tmp/rows && marked rows
}

rows_of() {
	if [ -d /tmp/rows ]; then
		cat "/tmp/rows/$1.rows" 2>/dev/null || :
	else
		rclone cat --include "/$1.rows" "$BACKUP_REMOTE"
	fi
}

size_of() { awk -F '\t' -v object="$1.dump" '$3 == object { print $2 }' /tmp/index; }

taken_at() { awk -F '\t' -v object="$1.dump" '$3 == object { sub(" ", "T", $1); print $1 "Z" }' /tmp/index; }

# begin prepares for a dump of a name: $DUMP writes it from the database, and write from the input. A part of a dump can
# become an object too, because what uploads does not know how its input ended.
begin() {
	export OBJECT="$BACKUP_REMOTE$1.dump"
	export DUMP='{ pg_dump --format=custom --verbose --snapshot="$SNAPSHOT" && touch /tmp/dumped; } | rclone rcat "$OBJECT" && [ -f /tmp/dumped ] && touch /tmp/stored'
}

write() { rclone rcat "$OBJECT"; }

arrived() { index && size_of "$1"; }

# commit makes a dump a backup, with the list of its rows if there is one.
commit() {
	if [ $# -eq 1 ]; then
		echo "This dump was taken elsewhere." | rclone rcat "$BACKUP_REMOTE$1.foreign"
	else
		rclone rcat "$BACKUP_REMOTE$1.rows" <"$2"
	fi
	index
}

# discard deletes the objects of a backup. Without those beside it, a dump is none, so they go first.
discard() {
	rclone delete --include "/$1.rows" --include "/$1.foreign" "$BACKUP_REMOTE"
	rclone delete --include "/$1.dump" "$BACKUP_REMOTE"
}

complaint() { echo "what the bucket's server said is above"; }

# prune deletes the backups that are too old, but never the newest, and what killed runs left. It sees only what is below
# the environment's prefix.
prune() {
	names >/tmp/names
	rclone lsf --files-only --min-age "${BACKUP_KEEP_DAYS}d" "$BACKUP_REMOTE" >/tmp/old
	sed 1d /tmp/names | while read -r old; do
		grep -qxF -e "$old.dump" /tmp/old || continue
		echo "Deleting $old, which is older than $BACKUP_KEEP_DAYS days"
		discard "$old"
	done
	rclone lsf --files-only --min-age 1d --include '/*.dump' "$BACKUP_REMOTE" | sed -n -E 's/^([A-Za-z0-9._-]+)\.dump$/\1/p' | while read -r left; do
		grep -qxF -e "$left" /tmp/names || discard "$left"
	done
}

