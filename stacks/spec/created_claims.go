package spec

import (
	"fmt"
	"strings"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
)

// CreatedClaim is a PersistentVolumeClaim that the environment creates.
type CreatedClaim struct {
	// Path of the field that has its size, for instance database.volume.size.
	Path string
	// Component is the claim's component label, and a part of its name.
	Component string
	// Size that the configuration asks for.
	Size Quantity
	// Held is the data on the volume.
	Held data.Held
}

// CreatedClaims lists the claims that the environment creates.
func (e *Environment) CreatedClaims() []CreatedClaim {
	var claims []CreatedClaim
	add := func(has bool, claim CreatedClaim) {
		if has {
			claims = append(claims, claim)
		}
	}
	for _, server := range e.PostgresServers() {
		add(true, CreatedClaim{"database.volume.size", server.Part(), e.Database.Volume.Size, e.HeldServer(server)})
	}
	add(e.BacksUpToVolume(), CreatedClaim{"database.backups.volume.size", labels.Backup, e.Database.Backups.Volume.Size, e.Held(data.Backups)})
	add(e.RunsRabbitMQ(), CreatedClaim{"broker.volume.size", labels.RabbitMQ, e.Broker.Volume.Size, e.Held(data.Broker)})
	add(e.Broker.Kind == InCluster && !e.RunsRabbitMQ(), CreatedClaim{"broker.volume.size", labels.RedisBroker, e.Broker.Volume.Size, e.Held(data.Broker)})
	add(e.RunsSearch(), CreatedClaim{"search.volume.size", labels.OpenSearch, e.Search.Volume.Size, e.Held(data.Search)})
	add(e.Static.Store == StaticInVolume, CreatedClaim{"static.volume.size", labels.Static, e.Static.Volume.Size, e.HeldInVolume(labels.Static, e.Static.Volume, e.Static.AccessMode)})
	add(e.Beat.Enabled && e.Beat.ScheduleStore == ScheduleInVolume, CreatedClaim{"beat.scheduleSize", labels.Beat, e.Beat.ScheduleSize, e.HeldInVolume(labels.Beat, Volume{}, "")})
	for i, volume := range e.Volumes {
		add(volume.Created(), CreatedClaim{indexed("volumes", i) + ".size", labels.Volume(volume.Name), volume.Size, e.HeldInOwnVolume(volume)})
	}
	return claims
}

// FixedClaim is a claim that cannot get the size that the configuration asks for.
type FixedClaim struct {
	CreatedClaim
	// Name of the claim, and Has, the size that it asks for now.
	Name string
	Has  Quantity
	// Reason says why it cannot grow, and what to do.
	Reason string
}

// FixedClaimsError names claims that cannot grow as the configuration says.
type FixedClaimsError struct {
	Namespace string
	Claims    []FixedClaim
}

func (e *FixedClaimsError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "volumes in the namespace %s cannot grow as the configuration says:", e.Namespace)
	for _, claim := range e.Claims {
		fmt.Fprintf(&text, "\n  %s: %q: the PersistentVolumeClaim %s asks for %s: %s", claim.Path, claim.Size, claim.Name, claim.Has, claim.Reason)
	}
	return text.String()
}
