package cloud

import (
	"slices"
	"strings"
)

// checkReferences checks that the targets of all references exist.
func (m *Operation) checkReferences() error {
	for _, reference := range m.kind.References {
		for _, named := range m.Texts(reference.Path) {
			if named == "" || reference.Optional || reference.outside(named) || m.points(reference, named) {
				continue
			}
			return m.missing(reference.To).refuse(named)
		}
	}
	return nil
}

func (r Reference) outside(named string) bool {
	return slices.ContainsFunc(r.ExternalPrefixes, func(start string) bool { return strings.HasPrefix(named, start) })
}

func (m *Operation) points(reference Reference, named string) bool {
	for _, object := range m.account.sorted() {
		if object.Token == reference.To && object.visible(m.Scope.Region) && m.catalog.names(reference, object, named) {
			return true
		}
	}
	return false
}

// names tells whether the text of a reference names an object.
func (c *Catalog) names(r Reference, object *Object, named string) bool {
	if kind := c.Kinds[r.To]; object.ID == named && len(r.By) == 0 || kind != nil && kind.Equivalent != nil && kind.Equivalent(object.ID, named) {
		return true
	}
	return slices.ContainsFunc(r.By, func(property string) bool {
		return property == "id" && object.ID == named || object.Values.Text(property) == named
	})
}

// holder returns an object that keeps another from being deleted, and the property that refers to it.
func (p *provider) holder(target *Object) (*Object, string) {
	for _, object := range p.account.sorted() {
		if object == target || object.owner == target.key() || object.adopted {
			continue
		}
		kind := p.catalog.Kinds[object.Token]
		if kind == nil {
			continue
		}
		for _, reference := range kind.References {
			if !reference.BlocksDelete || reference.To != target.Token || target.Region != "" && object.Region != "" &&
				object.Region != target.Region {
				continue
			}
			for _, named := range object.Values.Texts(reference.Path) {
				if p.catalog.names(reference, target, named) {
					return object, reference.Path
				}
			}
		}
	}
	return nil, ""
}
