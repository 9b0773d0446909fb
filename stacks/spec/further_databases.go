package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/contract"
)

// FurtherDatabases lists the names of the databases beside the first one.
func (e *Environment) FurtherDatabases() []string {
	var all []string
	for _, further := range e.Database.Further {
		all = append(all, further.Name)
	}
	return all
}

// furtherVariables lists the variables with the URLs of further databases.
func (e *Environment) furtherVariables() []string {
	var all []string
	for _, further := range e.Database.Further {
		if further.URLVariable != "" {
			all = append(all, further.URLVariable)
		}
	}
	return all
}

const furtherPath = "database.further"

// checkFurther reports further databases that no server has, or that clash with others.
func (e *Environment) checkFurther(problems *Problems) {
	if len(e.Database.Further) == 0 {
		return
	}
	if e.Database.Kind != InCluster && e.Database.Kind != Managed {
		problems.add(furtherPath, nil, "needs database.kind in-cluster or managed, because only the environment's own server gets databases; name the URL of another server's database in app.secretEnv")
		return
	}
	names, variables := []string{e.Database.Name}, []string{}
	for i, further := range e.Database.Further {
		at := indexed(furtherPath, i)
		checkDatabaseName(problems, at+".name", further.Name)
		e.checkCloudDatabase(problems, at+".name", further.Name)
		e.checkPoolerDatabase(problems, at+".name", further.Name)
		if slices.Contains(names, further.Name) {
			problems.add(at+".name", further.Name, "is taken: database.name and each of %s need different names", furtherPath)
		}
		if slices.Contains(variables, further.URLVariable) {
			problems.add(at+".urlVariable", further.URLVariable, "is the variable of another database already; name another")
		}
		names = append(names, further.Name)
		if further.URLVariable == "" {
			continue
		}
		variables = append(variables, further.URLVariable)
		e.checkFurtherVariable(problems, at+".urlVariable", further.URLVariable)
	}
}

// checkCloudDatabase reports databases that a managed server has itself.
func (e *Environment) checkCloudDatabase(problems *Problems, path, name string) {
	own := map[Cloud]string{AWSCloud: "rdsadmin", GCPCloud: "cloudsql"}[e.Cloud]
	if e.HasManagedDatabase() && own != "" && strings.HasPrefix(name, own) {
		problems.add(path, name, "is of the managed server itself; name another")
	}
}

// checkFurtherVariable reports a variable that has a value already.
func (e *Environment) checkFurtherVariable(problems *Problems, path, name string) {
	checkVariable(problems, path, name)
	for _, set := range e.variablePlaces() {
		if slices.Contains(set.names, name) {
			problems.add(path, name, "is in %s too; keep one of them", set.path)
		}
	}
	if known := contract.PathOf(name, e.profiles()); known != "" && e.has(known) && !slices.Contains(e.App.Unset, name) {
		problems.add(path, name, "holds %s of the environment contract already; name another", known)
	}
}

// checkFurtherMoved refuses another list in the middle of a move: what is added then has no copy on the new server, and the
// last step deletes the old one.
func (e *Environment) checkFurtherMoved(from *Environment, problems *Problems) {
	was := from.Database.Move
	if was == nil || e.Database.Move == nil || was.Step != CopyMove && was.Step != KeepMove {
		return
	}
	before, now := from.FurtherDatabases(), e.FurtherDatabases()
	slices.Sort(before)
	slices.Sort(now)
	if !slices.Equal(before, now) {
		problems.add(furtherPath, nil, "must stay %s until database.move has ended: these are copied", cmp.Or(strings.Join(before, ", "), "empty"))
	}
}

// perDatabase counts connections once for each database: Django opens them for each of its
// aliases, in each thread.
func (e *Environment) perDatabase(parts []connections) []connections {
	databases := 1 + len(e.Database.Further)
	if databases == 1 {
		return parts
	}
	all := make([]connections, 0, len(parts))
	for _, part := range parts {
		all = append(all, connections{part.count * databases, fmt.Sprintf("%s × %d databases", part.how, databases)})
	}
	return all
}

// databaseNames names all databases of the environment.
func (e *Environment) databaseNames() string {
	if len(e.Database.Further) == 0 {
		return "the database " + e.Database.Name
	}
	return fmt.Sprintf("the databases %s and %s", e.Database.Name, strings.Join(e.FurtherDatabases(), ", "))
}

// databasesText says what is lost with the server.
func (e *Environment) databasesText() string {
	if len(e.Database.Further) == 0 {
		return e.databaseNames() + " with all its rows"
	}
	return e.databaseNames() + " with all their rows"
}
