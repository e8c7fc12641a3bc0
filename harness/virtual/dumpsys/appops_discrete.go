package dumpsys

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// quantum is to what the timeline of accesses is rounded, from Android 12 to 15.
const quantum = time.Minute

// dumpDiscrete prints the timeline of accesses that dumpsys appops adds with
// --include-discrete (DiscreteRegistry.dump, from Android 12; by device from 15,
// and DiscreteOpsSqlRegistry's table from 16).
func dumpDiscrete(h *phone.Handset, w io.Writer) {
	sdk := h.SDK()
	fmt.Fprintln(w, "Discrete accesses: ")
	if sdk >= 33 {
		fmt.Fprintln(w, "  Largest chain id: 0")
	}
	if sdk >= 36 {
		discreteTable(h, w)
		return
	}
	var last phone.Access
	for _, x := range discrete(h) {
		newUID := x.UID() != uid0(last)
		newPackage := newUID || x.Package != last.Package
		newOp := newPackage || x.Op != last.Op
		newTag := newOp || x.Tag != last.Tag
		if newUID {
			fmt.Fprintf(w, "  Uid: %d\n", x.UID())
		}
		if newPackage {
			fmt.Fprintf(w, "    Package: %s\n", x.Package.Name)
		}
		if newOp {
			fmt.Fprintf(w, "      %s\n", x.Op)
		}
		deep := ""
		if sdk >= 35 {
			deep = "  "
			if newOp {
				fmt.Fprintln(w, "        Device: default:0")
			}
		}
		if newTag {
			fmt.Fprintf(w, "        %sAttribution: %s\n", deep, nullOr(x.Tag))
		}
		fmt.Fprintf(w, "          %sAccess [%s-%s] at %s%s\n", deep, x.State, x.Flag, x.From.Format("2006-01-02 15:04:05.000"),
			discreteLength(h, x))
		last = x
	}
}

// uid0 is uid, or -1 for none.
func uid0(h phone.Access) int {
	if h.Package == nil {
		return -1
	}
	return h.UID()
}

// discreteLength prints how long an access took, in whole quanta.
func discreteLength(h *phone.Handset, x phone.Access) string {
	took := x.Took(h.Now())
	if took <= phone.Instant {
		return ""
	}
	return fmt.Sprintf(" for %d milliseconds ", ((took+quantum-1)/quantum*quantum)/time.Millisecond)
}

// discrete lists the accesses by UID, package, op and tag, rounded; of those that
// fall together one remains.
func discrete(h *phone.Handset) []phone.Access {
	all := slices.Clone(h.State.History.Accesses)
	_, east := h.Now().Zone()
	shift := time.Duration(east) * time.Second
	for i := range all {
		at := all[i].From.Add(shift).Truncate(quantum).Add(-shift)
		all[i].To = at.Add(all[i].To.Sub(all[i].From))
		all[i].From = at
	}
	slices.SortStableFunc(all, func(a, b phone.Access) int {
		return cmp.Or(a.UID()-b.UID(), cmp.Compare(a.Package.Name, b.Package.Name), persona.OpIndex(a.Op)-persona.OpIndex(b.Op),
			cmp.Compare(a.Tag, b.Tag), a.From.Compare(b.From))
	})
	return slices.CompactFunc(all, func(a, b phone.Access) bool {
		return a.Package == b.Package && a.User == b.User && a.Op == b.Op && a.Tag == b.Tag && a.State == b.State && a.From.Equal(b.From)
	})
}

// discreteTable prints the table of Android 16, the newest first, to the
// millisecond.
func discreteTable(h *phone.Handset, w io.Writer) {
	fmt.Fprintln(w, "UID|PACKAGE_NAME|DEVICE_ID|OP_NAME|ATTRIBUTION_TAG|UID_STATE|OP_FLAGS|ATTR_FLAGS|CHAIN_ID|ACCESS_TIME|DURATION")
	for _, x := range slices.Backward(h.State.History.Accesses) {
		took := int64(-1)
		if d := x.Took(h.Now()); d > phone.Instant {
			took = d.Milliseconds()
		}
		fmt.Fprintf(w, "%d|%s|default:0|%s|%s|%s|%s|0|-1|%s|%d\n", x.UID(), x.Package.Name, x.Op, nullOr(x.Tag), x.State, x.Flag,
			x.From.Format("2006-01-02 15:04:05.000"), took)
	}
	fmt.Fprintln(w)
}
