# The messages have no value in them: a log is no place for a password. Ranges of letters follow the locale.
LC_ALL=C
export LC_ALL

unreserved() { case $1 in '' | *[!A-Za-z0-9._~-]*) return 1 ;; esac; }

encoded() {
	case $1 in '' | *[!A-Za-z0-9._~%-]*) return 1 ;; esac
	case $(printf '%s' "$1" | sed 's/%[0-9A-Fa-f][0-9A-Fa-f]//g') in *%*) return 1 ;; esac
}

# hopeless is the exit code of a failure that a retry would repeat.
hopeless=65
result=0
number=0
while [ "$number" -lt "$ENTRIES" ]; do
	eval "value=\$ENTRY_$number form=\$FORM_$number wrong=\$WRONG_$number"
	case $form in percent-encoded) check=encoded ;; *) check=unreserved ;; esac
	if ! "$check" "$value"; then
		echo "$wrong" >&2
		result=$hopeless
	fi
	number=$((number + 1))
done
exit "$result"
