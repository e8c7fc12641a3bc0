package lab

import (
	"fmt"
	"slices"

	"assay/harness/farm"
	"assay/harness/lab/schedule"
)

// socketsEach is how many sockets to its adb server a handset takes that is
// worked with: its log, its steps, and what is asked beside.
const socketsEach = 4

// loads says what the adb servers of a run's places have to carry, by all that a
// survey has shown. The error is a *farm.Crowded where a server has no room for
// work beside its handsets.
func loads(all, places []farm.Place) ([]schedule.Load, error) {
	var servers []schedule.Load
	for _, p := range places {
		if !slices.ContainsFunc(servers, func(l schedule.Load) bool { return l.Server == p.Entry.Server }) {
			servers = append(servers, schedule.Load{Server: p.Entry.Server})
		}
	}
	for i := range servers {
		l := &servers[i]
		for _, p := range all {
			if p.Entry.Server == l.Server && p.State != farm.Retired {
				l.Handsets++
			}
		}
		if l.Handsets+socketsEach > farm.ServerRoom {
			crowded := &farm.Crowded{Server: l.Server, Handsets: l.Handsets}
			return nil, fmt.Errorf("%w; %s", crowded, crowded.Remedy())
		}
	}
	return servers, nil
}

// within lowers what goes on at once to what its adb servers take.
func within(c schedule.Caps, servers []schedule.Load) schedule.Caps {
	c, sum := c.WithDefaults(), 0
	servers = slices.Clone(servers)
	for i, l := range servers {
		servers[i].Jobs = min(c.Jobs, (farm.ServerRoom-l.Handsets)/socketsEach)
		sum += servers[i].Jobs
	}
	c.Jobs = min(c.Jobs, sum)
	if len(servers) > 1 {
		c.Servers = servers
	}
	return c
}
