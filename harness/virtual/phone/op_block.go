package phone

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// OpUses is what a package has of one op.
type OpUses struct {
	Op   persona.Op
	Mode persona.OpMode
	Uses []UseKey
}

// OpUIDs are the UIDs that app-ops knows anything of.
func (h *Handset) OpUIDs() []int {
	seen := map[int]bool{}
	for k := range h.State.Uses {
		seen[k.UID] = true
	}
	for k := range h.State.OpModes {
		seen[k.UID] = true
	}
	for uid, modes := range h.State.UIDModes {
		if len(modes) > 0 {
			seen[uid] = true
		}
	}
	if h.persona.SDK >= 28 { // UIDs that run have a state
		for _, p := range h.State.processes {
			if p.Package != "" {
				seen[p.UID] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// UIDModeOps are the ops whose mode a UID has set, by code.
func (h *Handset) UIDModeOps(uid int) []string {
	return slices.SortedFunc(maps.Keys(h.State.UIDModes[uid]), func(a, b string) int { return persona.OpIndex(a) - persona.OpIndex(b) })
}

// OpUses are the ops that a package has something to tell of, by code.
func (h *Handset) OpUses(uid int, pkg string) []OpUses {
	var found []OpUses
	for _, o := range persona.Ops {
		b := OpUses{Op: o, Mode: h.State.OpModes[UseKey{UID: uid, Package: pkg, Op: o.Name}]}
		for k := range h.State.Uses {
			if k.UID == uid && k.Package == pkg && k.Op == o.Name {
				b.Uses = append(b.Uses, k)
			}
		}
		slices.SortFunc(b.Uses, func(x, y UseKey) int {
			return cmp.Or(strings.Compare(x.Tag, y.Tag), stateRank[x.State]-stateRank[y.State], strings.Compare(x.Forwarded, y.Forwarded))
		})
		if len(b.Uses) > 0 || b.Mode != persona.ModeAllow {
			found = append(found, b)
		}
	}
	return found
}
