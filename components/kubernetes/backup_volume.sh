# The backups are files of a volume. A backup exists once the dump of its first database has its name.
folder=${BACKUP_FOLDER:-/backups}

open() { :; }

path_of() { echo "$folder/$1"; }

# text prints a small file of a backup, or nothing if the backup has none.
text() { [ ! -f "$folder/$1" ] || cat "$folder/$1"; }

put() { cat >"$folder/$1"; }

# names lists the backups, the newest first, and counted those with a list of their rows.
names() { (cd "$folder" && ls -t) 2>/dev/null | sed -n 's/\.dump$//p'; }

counted() { names | while read -r each; do if [ -f "$folder/$each.rows" ]; then echo "$each"; fi; done; }

size_of() { [ ! -f "$folder/$1" ] || wc -c <"$folder/$1" | tr -d ' '; }

taken_at() { [ ! -f "$folder/$1" ] || date -u -r "$folder/$1" +%Y-%m-%dT%H:%M:%SZ; }

# begin prepares for a dump: $DUMP writes it from the database, and write from the input.
begin() {
	export PARTIAL="$folder/.$1.partial"
	export DUMP='pg_dump --format=custom --verbose --snapshot="$SNAPSHOT" --file="$PARTIAL" && touch /tmp/stored'
	rm -f "$PARTIAL"
}

write() { cat >"$PARTIAL"; }

arrived() { wc -c <"$PARTIAL" | tr -d ' '; }

# commit makes the dumps a backup, with the list of the rows of the first if there is one. Its dump is the last to get its
# name.
commit() {
	rm -f "$folder/$1.rows"
	if [ $# -eq 2 ]; then
		cat "$2" >"$folder/$1.rows"
		for database in $further; do
			mv "$folder/.$1.$database.further.partial" "$folder/$1.$database.further"
		done
	fi
	mv "$folder/.$1.dump.partial" "$folder/$1.dump"
}

# discard deletes a backup of some databases, so that it is none at once.
discard() {
	rm -f "$folder/$1.dump"
	rm -f "$folder/$1.rows" "$folder/$1.databases"
	for database in $2; do
		rm -f "$folder/$1.$database.further" "$folder/$1.$database.further-rows"
	done
}

# abandon deletes what there is of a backup that did not come about.
abandon() {
	rm -f "$folder/.$1.dump.partial"
	for database in $2; do
		rm -f "$folder/.$1.$database.further.partial"
	done
	[ -f "$folder/$1.dump" ] || discard "$@"
}

complaint() { echo "is the volume full? $(df -h "$folder" | tail -n 1)"; }

# prune deletes the backups that are too old, but never the newest, and what killed runs left.
prune() {
	find "$folder" -maxdepth 1 -name '.*.partial*' -mtime +0 -exec rm -f {} +
	names >/tmp/names
	sed 1d /tmp/names | while read -r old; do
		[ -n "$(find "$folder/$old.dump" -mtime +"$((BACKUP_KEEP_DAYS - 1))")" ] || continue
		echo "Deleting $old, which is older than $BACKUP_KEEP_DAYS days"
		holds=$(held "$old")
		discard "$old" "$holds"
	done
	find "$folder" -maxdepth 1 \( -name '*.further' -o -name '*.further-rows' -o -name '*.databases' \) -mtime +0 | while read -r left; do
		of=${left%.databases}
		[ "$of" != "$left" ] || { of=${left%.further*}; of=${of%.*}; }
		[ -f "$of.dump" ] || rm -f "$left"
	done
}

