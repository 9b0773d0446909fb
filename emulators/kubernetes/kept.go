package kubernetes

// keep marks an object as one that the stack keeps, because this run has created or updated it.
//
// A run that ends between creating an object under a new name and deleting the former one leaves the former one in the
// state as waiting for its deletion. If the next run's program wants the former name again, the object is both: it is
// created, which takes it over, and it waits for its deletion. It must stay.
func (p *provider) keep(live object) {
	uid := live.text("metadata", "uid")
	if uid == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil {
		p.kept = map[string]bool{}
	}
	p.kept[uid] = true
}

func (p *provider) isKept(live object) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept[live.text("metadata", "uid")]
}
