# Passes what the owner of a database may do of the SQL that pg_dump or pg_restore
# writes, and fails unless the dump is whole. Before each object a comment says what
# it is and whose.

function of(kind) { return index($0, "ALTER " kind " ") == 1 }

# Rows are copied unchanged, from COPY and from INSERT statements.
rows { print; if ($0 == "\\.") rows = 0; next }
/^COPY .* FROM stdin;$/ { rows = 1; print; next }
type == "TABLE DATA" && (text || !/^--/) {
	inside = text
	text = (text + gsub(/'/, "&")) % 2
	if (inside) { print; next }
}
$0 == "-- PostgreSQL database dump complete" { whole = 1 }
/^\\connect / { print "The file is a dump of more than one database, or was made with --create" >"/dev/stderr"; whole = 0; exit }
/^-- (Data for )?Name: .*; Owner: / && before ~ /^--($| TOC entry | Dependencies: )/ && match($0, /; Type: [A-Z ]+; Schema: /) {
	type = substr($0, RSTART + length("; Type: "), RLENGTH - length("; Type: ; Schema: "))
	name = substr($0, 1, RSTART - 1)
	sub(/^-- (Data for )?Name: /, "", name)
	owner = $0
	sub(/^.*; Owner: /, "", owner)
	sub(/; Tablespace: .*$/, "", owner)
	superuser = type ~ /^(EVENT TRIGGER|PUBLICATION|PUBLICATION TABLE|PUBLICATION TABLES IN SCHEMA|SUBSCRIPTION|SUBSCRIPTION TABLE|SECURITY LABEL)$/
	skip = superuser || type ~ /^(ACL|DEFAULT ACL)$/ ||
		type == "COMMENT" && name ~ /^(EXTENSION |SCHEMA public$|EVENT TRIGGER |PUBLICATION |SUBSCRIPTION )/
	if (superuser) print "Left out, because only a superuser may make it: " type " " name >"/dev/stderr"
}
skip && !/^--/ && !/^\\/ { next }
# The importing role becomes the owner.
/^ALTER .* OWNER TO .*;$/ && (of(type) && before == "" || of("LARGE OBJECT") && type ~ /^BLOB/ || of("TABLE") && type ~ /VIEW|SEQUENCE/ && before == "") {
	to = $0
	sub(/^.* OWNER TO /, "", to); sub(/;$/, "", to)
	if (to ~ /^".*"$/) { to = substr(to, 2, length(to) - 2); gsub(/""/, "\"", to) }
	if (to == owner) next
}
# Servers differ in the extensions that they have and allow; a table that needs a missing one says so.
type == "EXTENSION" && /^CREATE EXTENSION .*;$/ {
	gsub(/'/, "''", name)
	print "DO $djangostack$ BEGIN " $0 " EXCEPTION WHEN OTHERS THEN RAISE WARNING 'Left out: the extension % (%)', '" name "', SQLERRM; END $djangostack$;"
	before = $0
	next
}
type == "SCHEMA" { sub(/^CREATE SCHEMA /, "CREATE SCHEMA IF NOT EXISTS ") }
# Large objects come in transactions of their own.
type == "BLOBS" && /^(BEGIN|COMMIT);$/ { next }
# It says what is so anyway, which servers before PostgreSQL 17 do not understand.
type == "" && /^SET transaction_timeout = 0;$/ { next }
{ before = $0; print }
END { exit !whole }
