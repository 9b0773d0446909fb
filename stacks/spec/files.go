package spec

import (
	stdpath "path"
	"regexp"
	"strings"
)

var filePath = regexp.MustCompile(`^/[A-Za-z0-9._/-]+$`)

// checkCleanPath reports a path that is another one than it looks like: checks compare paths as
// texts, and the kubelet and the shell do not.
func checkCleanPath(problems *Problems, at, path string) {
	if clean := stdpath.Clean(path); path != "" && clean != path {
		problems.add(at, path, "must be written without .., double slashes and a slash at its end: %s", clean)
	}
}

// checkFiles reports files with paths that cannot be mounted.
func (e *Environment) checkFiles(problems *Problems) {
	size := 0
	for _, file := range keys(e.App.Files) {
		size += len(e.App.Files[file])
		at := "app.files." + file
		if !filePath.MatchString(file) || stdpath.Clean(file) != file {
			problems.add(at, nil, "is not the path of a file from the root, for instance /etc/newrelic.ini")
		}
		const longest = 253
		if len(file) > longest {
			problems.add(at, nil, "may have a path of at most %d characters, has %d", longest, len(file))
		}
		for _, other := range keys(e.App.Files) {
			if other != file && below(file, other) {
				problems.add(at, nil, "lies below %s, which is a file", other)
			}
		}
		for _, used := range append(keptFolders(), "/tmp", e.Static.Root) {
			if strings.HasPrefix(file+"/", used+"/") {
				problems.add(at, nil, "may not lie in %s", used)
			}
		}
	}
	if size > mostData {
		problems.add("app.files", nil, "may have %d bytes together, have %d", mostData, size)
	}
}
