package virtual

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"assay/harness/virtual/persona"
)

// quantum is to what the timeline of accesses is rounded, from Android 12 to 15.
const quantum = time.Minute

// dumpDiscrete prints the timeline of accesses that dumpsys appops adds with
// --include-discrete (DiscreteRegistry.dump, from Android 12; by device from 15,
// and DiscreteOpsSqlRegistry's table from 16).
func (h *PhoneHandset) dumpDiscrete(w io.Writer) {
	sdk := h.SDK()
	fmt.Fprintln(w, "Discrete accesses: ")
	if sdk >= 33 {
		fmt.Fprintln(w, "  Largest chain id: 0")
	}
	if sdk >= 36 {
		h.discreteTable(w)
		return
	}
	var last hold
	for _, x := range h.discrete() {
		newUID := x.uid() != last.uid0()
		newPackage := newUID || x.p != last.p
		newOp := newPackage || x.what != last.what
		newTag := newOp || x.tag != last.tag
		if newUID {
			fmt.Fprintf(w, "  Uid: %d\n", x.uid())
		}
		if newPackage {
			fmt.Fprintf(w, "    Package: %s\n", x.p.Name)
		}
		if newOp {
			fmt.Fprintf(w, "      %s\n", x.what)
		}
		deep := ""
		if sdk >= 35 {
			deep = "  "
			if newOp {
				fmt.Fprintln(w, "        Device: default:0")
			}
		}
		if newTag {
			fmt.Fprintf(w, "        %sAttribution: %s\n", deep, nullOr(x.tag))
		}
		fmt.Fprintf(w, "          %sAccess [%s-%s] at %s%s\n", deep, x.state, x.flag, x.from.Format("2006-01-02 15:04:05.000"), h.discreteLength(x))
		last = x
	}
}

// uid0 is uid, or -1 for none.
func (h hold) uid0() int {
	if h.p == nil {
		return -1
	}
	return h.uid()
}

// discreteLength prints how long an access took, in whole quanta.
func (h *PhoneHandset) discreteLength(x hold) string {
	took := x.took(h.Now())
	if took <= instant {
		return ""
	}
	return fmt.Sprintf(" for %d milliseconds ", ((took+quantum-1)/quantum*quantum)/time.Millisecond)
}

// discrete lists the accesses by UID, package, op and tag, rounded; of those that
// fall together one remains.
func (h *PhoneHandset) discrete() []hold {
	all := slices.Clone(h.state.past.holds)
	_, east := h.Now().Zone()
	shift := time.Duration(east) * time.Second
	for i := range all {
		at := all[i].from.Add(shift).Truncate(quantum).Add(-shift)
		all[i].to = at.Add(all[i].to.Sub(all[i].from))
		all[i].from = at
	}
	slices.SortStableFunc(all, func(a, b hold) int {
		return cmp.Or(a.uid()-b.uid(), cmp.Compare(a.p.Name, b.p.Name), persona.OpIndex(a.what)-persona.OpIndex(b.what), cmp.Compare(a.tag, b.tag), a.from.Compare(b.from))
	})
	return slices.CompactFunc(all, func(a, b hold) bool {
		return a.p == b.p && a.user == b.user && a.what == b.what && a.tag == b.tag && a.state == b.state && a.from.Equal(b.from)
	})
}

// discreteTable prints the table of Android 16, the newest first, to the
// millisecond.
func (h *PhoneHandset) discreteTable(w io.Writer) {
	fmt.Fprintln(w, "UID|PACKAGE_NAME|DEVICE_ID|OP_NAME|ATTRIBUTION_TAG|UID_STATE|OP_FLAGS|ATTR_FLAGS|CHAIN_ID|ACCESS_TIME|DURATION")
	for _, x := range slices.Backward(h.state.past.holds) {
		took := int64(-1)
		if d := x.took(h.Now()); d > instant {
			took = d.Milliseconds()
		}
		fmt.Fprintf(w, "%d|%s|default:0|%s|%s|%s|%s|0|-1|%s|%d\n", x.uid(), x.p.Name, x.what, nullOr(x.tag), x.state, x.flag, x.from.Format("2006-01-02 15:04:05.000"), took)
	}
	fmt.Fprintln(w)
}
