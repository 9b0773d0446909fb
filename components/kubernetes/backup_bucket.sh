# The backups are objects of a bucket. One object of a backup is written once all dumps are whole: NAME.rows with the list
# of the rows of the first, or NAME.foreign for a dump that was taken elsewhere. Without it there is no backup.

# open uses the program that an init container has copied, without the permission to run it.
open() {
	chmod u+x "$BACKUP_TOOLS/usr/local/bin/rclone"
	PATH=$BACKUP_TOOLS/usr/local/bin:$PATH
	authorities=$BACKUP_TOOLS/etc/ssl/certs/ca-certificates.crt
	[ ! -f "$authorities" ] || export SSL_CERT_FILE="$authorities"
}

path_of() { echo "$BACKUP_REMOTE$1"; }

raw() { rclone cat "$file"; }

# index lists the objects, with time and size, the newest first.
index() {
	rclone lsf --files-only --format tsp --separator '	' "$BACKUP_REMOTE" >/tmp/listed && sort -r /tmp/listed >/tmp/index
}

# marked lists the backups that have one of some objects beside their dump, the newest first. Other names than those of
# backups could be patterns for rclone.
marked() { index && sed -n -E "s/^.*\t([A-Za-z0-9._-]+)\.($1)\$/\1/p" /tmp/index; }

names() { marked 'rows|foreign'; }

# counted also fetches the small objects of all backups at once.
counted() {
	rclone copy --include '/*.rows' --include '/*.further-rows' --include '/*.databases' "$BACKUP_REMOTE" /tmp/fetched && marked rows
}

# text prints a small object of a backup, or nothing if the backup has none.
text() {
	size=$(size_of "$1")
	if [ -z "$size" ]; then
		return
	fi
	if [ -f "/tmp/fetched/$1" ]; then
		cat "/tmp/fetched/$1"
	else
		rclone cat "$BACKUP_REMOTE$1"
	fi
}

put() { rclone rcat "$BACKUP_REMOTE$1"; }

size_of() { awk -F '\t' -v object="$1" '$3 == object { print $2 }' /tmp/index; }

taken_at() { awk -F '\t' -v object="$1" '$3 == object { sub(" ", "T", $1); print $1 "Z" }' /tmp/index; }

# begin prepares for a dump: $DUMP writes it from the database, and write from the input. A part of a dump can
# become an object too, because what uploads does not know how its input ended.
begin() {
	export OBJECT="$BACKUP_REMOTE$1"
	export DUMP='{ pg_dump --format=custom --verbose --snapshot="$SNAPSHOT" && touch /tmp/dumped; } | rclone rcat "$OBJECT" && [ -f /tmp/dumped ] && touch /tmp/stored'
}

write() { rclone rcat "$OBJECT"; }

arrived() { index && size_of "$1"; }

# commit makes the dumps a backup, with the list of the rows of the first if there is one.
commit() {
	if [ $# -eq 1 ]; then
		echo "This dump was taken elsewhere." | put "$1.foreign"
	else
		put "$1.rows" <"$2"
	fi
	index
}

# discard deletes the objects of a backup. Without those that make it one, it is none, so they go first.
discard() {
	rclone delete --include "/$1.rows" --include "/$1.foreign" "$BACKUP_REMOTE"
	rclone delete --include "/$1.dump" --include "/$1.databases" "$BACKUP_REMOTE"
	for database in $2; do
		rclone delete --include "/$1.$database.further" --include "/$1.$database.further-rows" "$BACKUP_REMOTE"
	done
}

abandon() { discard "$@"; }

complaint() { echo "what the bucket's server said is above"; }

# prune deletes the backups that are too old, but never the newest, and what killed runs left. It sees only what is below
# the environment's prefix.
prune() {
	names >/tmp/names
	rclone lsf --files-only --min-age "${BACKUP_KEEP_DAYS}d" "$BACKUP_REMOTE" >/tmp/old
	sed 1d /tmp/names | while read -r old; do
		grep -qxF -e "$old.dump" /tmp/old || continue
		echo "Deleting $old, which is older than $BACKUP_KEEP_DAYS days"
		discard "$old" "$(further_of "$old" </tmp/index)"
	done
	rclone lsf --files-only --min-age 1d --include '/*.dump' --include '/*.further' --include '/*.further-rows' --include '/*.databases' "$BACKUP_REMOTE" >/tmp/old
	sed -n -E 's/^([A-Za-z0-9._-]+)\.(dump|databases|[a-z0-9_]+\.further|[a-z0-9_]+\.further-rows)$/\1/p' /tmp/old | sort -u | while read -r left; do
		grep -qxF -e "$left" /tmp/names || discard "$left" "$(further_of "$left" </tmp/old)"
	done
}

# further_of prints the databases of a backup beside the first, from a list of objects.
further_of() {
	awk -F '\t' -v prefix="$1." 'index($NF, prefix) == 1 {
		rest = substr($NF, length(prefix) + 1)
		if (sub(/\.further(-rows)?$/, "", rest) && rest ~ /^[a-z0-9_]+$/ && !found[rest]++) printf "%s ", rest
	}'
}

