# It moves several databases, each by the script of one, which is the second argument. The variables are those of that
# script, and MOVE_DATABASES lists the databases, whose names are the same on both servers. The transactions of the step
# copy end together: once all new databases are whole, or none has changed.
set -eu

filter=$1
script=$2
folder=${MOVE_FOLDER:-/tmp}

one() (
	export PGDATABASE="$1" FROM_PGDATABASE="$1" MOVE_FOLDER="$folder/$1"
	rm -rf "$MOVE_FOLDER"
	mkdir -p "$MOVE_FOLDER"
	trap 'touch "$MOVE_FOLDER/ended"' EXIT
	sh -c "$script" database-move "$filter"
)

# The settings of the role are the same for all databases, and two transactions would wait for each other.
export MOVE_OF_ROLE=true

if [ "$MOVE_STEP" != copy ]; then
	for database in $MOVE_DATABASES; do
		one "$database"
		MOVE_OF_ROLE=false
	done
	exit 0
fi

export MOVE_GO="$folder/go" MOVE_STOP="$folder/stop"
# MOVE_TOGETHER is evaluated before a transaction ends, and says whether it may.
export MOVE_TOGETHER='
touch "$MOVE_FOLDER/ready"
until [ -f "$MOVE_GO" ] || [ -f "$MOVE_STOP" ]; do sleep 1; done
[ -f "$MOVE_GO" ]'
rm -f "$MOVE_GO" "$MOVE_STOP"
waiting=
for database in $MOVE_DATABASES; do
	one "$database" &
	copying=$!
	until [ -f "$folder/$database/ready" ] || [ -f "$folder/$database/ended" ]; do sleep 1; done
	MOVE_OF_ROLE=false
	if [ -f "$folder/$database/ready" ]; then
		waiting="$waiting $copying"
		continue
	fi
	# One that was copied before has ended too.
	failed=0
	wait "$copying" || failed=$?
	if [ "$failed" -ne 0 ]; then
		touch "$MOVE_STOP"
		wait
		echo "The database $database was not moved, and so no other was: all are as they were before" >&2
		exit "$failed"
	fi
done
touch "$MOVE_GO"
for copying in $waiting; do
	wait "$copying"
done
