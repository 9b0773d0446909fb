package kubernetes

// kept are the objects that the stack keeps, by UID: those that this run created, changed or found as they should be.
//
// A run that ends between creating an object under a new name and deleting the former one leaves the former one in the
// state as waiting for its deletion. If the next run's program wants the former name again, the object is both: it is
// created, which takes it over, and it waits for its deletion. It must stay.
type kept map[string]bool

// keep marks the object as one that the stack keeps, and release as one that it does not.
func (p *provider) keep(live object)    { p.setKept(live, true) }
func (p *provider) release(live object) { p.setKept(live, false) }

func (p *provider) setKept(live object, stays bool) {
	uid := live.text("metadata", "uid")
	if uid == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil {
		p.kept = kept{}
	}
	p.kept[uid] = stays
}

func (p *provider) isKept(live object) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept[live.text("metadata", "uid")]
}
