set -eu

# filter is the program that passes what the owner of a database may do.
filter=$1

raw() { cat "$file"; }

content() {
	case $(raw | head -c 2 | od -An -tx1 | tr -d ' ') in
	1f8b) raw | gunzip -c ;;
	*) raw ;;
	esac
}

# A dump in the custom format becomes SQL too, so that it is imported in one
# transaction with the record of it.
sql() {
	case $(content | head -c 5 | tr -d '\0') in
	PGDMP) content | pg_restore --no-owner --no-privileges --file=- ;;
	*) content ;;
	esac
}

allowed() { LC_ALL=C awk "$filter"; }

