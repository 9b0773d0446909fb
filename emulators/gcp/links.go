package gcp

import (
	"net"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

const computeAPI = "https://www.googleapis.com/compute/v1/"

// gceName checks a name of Compute Engine. https://cloud.google.com/compute/docs/naming-resources
func gceName(path string) cloud.Rule {
	return cloud.Match(path, `^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`,
		"must be 1 to 63 characters: a lower-case letter first, then lower-case letters, digits and hyphens, with no hyphen at the end")
}

// relative returns the name of a resource without the API's address and version: projects/p/global/networks/n.
func relative(link string) string {
	if !strings.HasPrefix(link, "//") && !strings.HasPrefix(link, "https://") {
		return link
	}
	_, path, is := strings.Cut(link, "googleapis.com/")
	if !is {
		return link
	}
	api := strings.SplitN(path, "/", 3)
	if len(api) == 3 && strings.HasPrefix(api[1], "v") {
		return api[2]
	}
	return path
}

// last returns the last part of a link: the name of the resource.
func last(link string) string { return link[strings.LastIndex(link, "/")+1:] }

// sameThing tells whether two texts name the same resource: by its link, its name in the API (of a bucket with b/
// before it), or its last part; or the same ports.
func sameThing(before, after string) bool {
	short, long := relative(before), relative(after)
	if len(short) > len(long) {
		short, long = long, short
	}
	switch {
	case short == "":
		return false
	case long == "b/"+short, long == short+"-"+short:
		return true
	case !strings.HasPrefix(long, "projects/"):
		return false
	}
	return short == long || strings.HasSuffix(long, "/"+short)
}

// sameAddress tells whether two texts can name the same address. Compute Engine returns the address for a link to a
// reserved one.
func sameAddress(before, after string) bool {
	address, link := before, after
	if net.ParseIP(address) == nil {
		address, link = after, before
	}
	return sameThing(before, after) || net.ParseIP(address) != nil && strings.Contains(link, "/addresses/")
}

// linked writes references to resources of Compute Engine as links, as the API returns them.
func linked(paths ...string) func(*cloud.Operation) error {
	return func(m *cloud.Operation) error {
		for _, path := range paths {
			at := strings.LastIndex(path, ".")
			owners := []cloud.Values{m.Values}
			if at >= 0 {
				owners = m.Objects(path[:at])
			}
			for _, owner := range owners {
				owner[path[at+1:]] = links(owner[path[at+1:]])
			}
		}
		return nil
	}
}

func links(value any) any {
	switch typed := value.(type) {
	case string:
		if strings.HasPrefix(typed, "projects/") {
			return computeAPI + typed
		}
	case []any:
		all := make([]any, len(typed))
		for i, one := range typed {
			all[i] = links(one)
		}
		return all
	}
	return value
}

// computeKind adds what all types of Compute Engine have in common: refusals, the link and the time.
func computeKind(sort, place string, more kind) *kind {
	more.ID = "projects/{project}/" + place + "/{name}"
	more.Missing = code{Code: "404 notFound", Message: "The resource '%s' was not found"}
	more.InUse = code{Code: "400 resourceInUseByAnotherResource", Message: "The " + sort + " resource '%s' is already being used"}
	more.Unique = []string{"project", "name"}
	more.Conflict = code{Code: "409 alreadyExists", Message: "The resource 'projects/{project}/" + place + "/{name}' already exists"}
	if strings.Contains(place, "{region}") {
		more.Unique = append(more.Unique, "region")
	}
	if more.Outputs == nil {
		more.Outputs = vals{}
	}
	more.Outputs["selfLink"] = computeAPI + more.ID
	more.Rules = append(more.Rules, gceName("name"))
	return &more
}
