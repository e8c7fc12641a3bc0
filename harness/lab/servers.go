package lab

import (
	"fmt"
	"slices"

	"assay/harness/farm"
)

// Load is what one adb server of a run has to carry.
type Load struct {
	Server   string `json:"server"`   // host:port
	Handsets int    `json:"handsets"` // attached to it or about to be, those that are not the run's included
	Jobs     int    `json:"jobs"`     // handsets at work at once
}

// socketsEach is how many sockets to its adb server a handset takes that is
// worked with: its log, its steps, and what is asked beside.
const socketsEach = 4

// loads says what the adb servers of a run's places have to carry, by all that a
// survey has shown. The error is a *farm.Crowded where a server has no room for
// work beside its handsets.
func loads(all, places []farm.Place) ([]Load, error) {
	var servers []Load
	for _, p := range places {
		if !slices.ContainsFunc(servers, func(l Load) bool { return l.Server == p.Entry.Server }) {
			servers = append(servers, Load{Server: p.Entry.Server})
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
func (c Caps) within(servers []Load) Caps {
	c, sum := c.or(), 0
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

// of is how many handsets of an adb server are worked with at once.
func (c Caps) of(server string) int {
	for _, l := range c.Servers {
		if l.Server == server {
			return l.Jobs
		}
	}
	return c.Jobs
}
