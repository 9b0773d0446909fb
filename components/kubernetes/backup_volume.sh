# The backups are files of a volume. A file gets the name of a backup once it is whole.
folder=${BACKUP_FOLDER:-/backups}

open() { :; }

path_of() { echo "$folder/$1.dump"; }

# names lists the backups, the newest first, and counted those with a list of their rows.
names() { (cd "$folder" && ls -t) 2>/dev/null | sed -n 's/\.dump$//p'; }

counted() { names | while read -r each; do if [ -f "$folder/$each.rows" ]; then echo "$each"; fi; done; }

rows_of() { cat "$folder/$1.rows" 2>/dev/null || :; }

size_of() { wc -c <"$folder/$1.dump" | tr -d ' '; }

taken_at() { date -u -r "$folder/$1.dump" +%Y-%m-%dT%H:%M:%SZ; }

# begin prepares for a dump of a name: $DUMP writes it from the database, and write from the input.
begin() {
	export PARTIAL="$folder/.$1.partial"
	export DUMP='pg_dump --format=custom --verbose --snapshot="$SNAPSHOT" --file="$PARTIAL" && touch /tmp/stored'
	rm -f "$PARTIAL"
}

write() { cat >"$PARTIAL"; }

arrived() { wc -c <"$PARTIAL" | tr -d ' '; }

# commit makes a dump a backup, with the list of its rows if there is one.
commit() {
	rm -f "$folder/$1.rows"
	[ $# -eq 1 ] || cat "$2" >"$folder/$1.rows"
	mv "$PARTIAL" "$folder/$1.dump"
}

discard() { rm -f "$PARTIAL"; [ -f "$folder/$1.dump" ] || rm -f "$folder/$1.rows"; }

complaint() { echo "is the volume full? $(df -h "$folder" | tail -n 1)"; }

# prune deletes the backups that are too old, but never the newest, and what killed runs left.
prune() {
	find "$folder" -maxdepth 1 -name '.*.partial*' -mtime +0 -exec rm -f {} +
	names | sed 1d | while read -r old; do
		[ -n "$(find "$folder/$old.dump" -mtime +"$((BACKUP_KEEP_DAYS - 1))")" ] || continue
		echo "Deleting $old, which is older than $BACKUP_KEEP_DAYS days"
		rm -f "$folder/$old.dump" "$folder/$old.rows"
	done
}

