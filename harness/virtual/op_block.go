package virtual

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// opBlock is what a package has of one op.
type opBlock struct {
	op   persona.Op
	mode persona.OpMode
	uses []opKey
}

// opUIDs are the UIDs that app-ops knows anything of.
func (h *PhoneHandset) opUIDs() []int {
	seen := map[int]bool{}
	for k := range h.state.uses {
		seen[k.uid] = true
	}
	for k := range h.state.opModes {
		seen[k.uid] = true
	}
	for uid, modes := range h.state.uidModes {
		if len(modes) > 0 {
			seen[uid] = true
		}
	}
	if h.persona.SDK >= 28 { // UIDs that run have a state
		for _, p := range h.state.processes {
			if p.pkg != "" {
				seen[p.uid] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// opsOfUID are the ops whose mode a UID has set, by code.
func (h *PhoneHandset) opsOfUID(uid int) []string {
	return slices.SortedFunc(maps.Keys(h.state.uidModes[uid]), func(a, b string) int { return persona.OpIndex(a) - persona.OpIndex(b) })
}

// opBlocks are the ops that a package has something to tell of, by code.
func (h *PhoneHandset) opBlocks(uid int, pkg string) []opBlock {
	var found []opBlock
	for _, o := range persona.Ops {
		b := opBlock{op: o, mode: h.state.opModes[opKey{uid: uid, pkg: pkg, op: o.Name}]}
		for k := range h.state.uses {
			if k.uid == uid && k.pkg == pkg && k.op == o.Name {
				b.uses = append(b.uses, k)
			}
		}
		slices.SortFunc(b.uses, func(x, y opKey) int {
			return cmp.Or(strings.Compare(x.tag, y.tag), stateRank[x.state]-stateRank[y.state], strings.Compare(x.forwarded, y.forwarded))
		})
		if len(b.uses) > 0 || b.mode != persona.ModeAllow {
			found = append(found, b)
		}
	}
	return found
}
