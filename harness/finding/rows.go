package finding

import (
	"cmp"
	"maps"
	"slices"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/leak"
)

// rows gathers the rows of the tables that list what was seen, bounded by what
// makes rows distinct.
type rows struct {
	grants   map[grantKey]GrantRow
	uses     map[useRowKey]UseRow
	leaks    map[leakKey]LeakRow
	captures map[captureKey]capture
}

type grantKey struct {
	handset android.Handset
	pkg     android.Package
	user    int
	perm    android.Permission
}

type useRowKey struct {
	handset  android.Handset
	scenario string
	pkg      android.Package
	op       android.Op
	state    android.State
	rejected bool
}

type leakKey struct {
	handset               android.Handset
	scenario              string
	pkg                   android.Package
	kind, certainty, hash string
	tag                   string
}

// captureKey is one capture: the baseline's stand in every case of a handset.
type captureKey struct{ bundle, file string }

type capture struct {
	handset  android.Handset
	scenario string
	covered  Covered
}

func newRows() rows {
	return rows{
		grants: map[grantKey]GrantRow{}, uses: map[useRowKey]UseRow{},
		leaks: map[leakKey]LeakRow{}, captures: map[captureKey]capture{},
	}
}

func (r rows) add(c *Case) {
	who := c.who()
	if c.Scenario == evidence.Baseline || c.Scenario == evidence.Imported {
		r.addGrants(c, who)
	}
	if c.Scenario != evidence.Baseline {
		r.addUses(c)
	}
	for _, h := range c.Hits {
		r.addLeak(c, h, who.owner(h.UID, h.PID))
	}
	for _, v := range c.Coverage {
		r.addCapture(c, v)
	}
}

func (r rows) addGrants(c *Case, who *roster) {
	held := who.holdings(c)
	for i, h := range held {
		if i == mostRows {
			more := GrantRow{Handset: c.Handset, Package: andMore(len(held) - i), How: "unknown", Ref: h.ref}
			r.grants[grantKey{handset: c.Handset, pkg: more.Package}] = more
			break
		}
		row := GrantRow{
			Handset: c.Handset, Package: android.Package(bounded(string(h.holder))), User: h.User,
			Permission: android.Permission(bounded(string(h.Permission))),
			Granted:    h.Granted, How: h.how(), Ref: h.ref, Sharing: h.share.row(),
		}
		for _, f := range h.Flags {
			row.Flags = append(row.Flags, bounded(f))
		}
		key := grantKey{c.Handset, row.Package, row.User, row.Permission}
		if old, ok := r.grants[key]; !ok || compareRefs(row.Ref, old.Ref) < 0 {
			r.grants[key] = row
		}
	}
}

func (r rows) addUses(c *Case) {
	rows, left := 0, UseRow{Handset: c.Handset, Scenario: c.Scenario}
	for _, u := range c.uses() {
		if android.OpGroup(u.Op) == "" {
			continue
		}
		row := UseRow{
			Handset: c.Handset, Scenario: c.Scenario, Package: android.Package(bounded(string(u.Package))),
			Op: android.Op(bounded(string(u.Op))), State: u.State, Rejected: u.Rejected, Ref: u.ref,
		}
		key := useRowKey{c.Handset, c.Scenario, row.Package, row.Op, row.State, row.Rejected}
		old, ok := r.uses[key]
		switch {
		case ok:
			row.Count = old.Count
			row.Ref = first(old.Ref, row.Ref)
		case rows == mostRows:
			if left.Count == 0 {
				left.Ref = row.Ref
			}
			left.Count++
			continue
		default:
			rows++
		}
		row.Count++
		r.uses[key] = row
	}
	if left.Count > 0 {
		left.Package = andMore(left.Count)
		r.uses[useRowKey{handset: c.Handset, scenario: c.Scenario, pkg: left.Package}] = left
	}
}

func (r rows) addLeak(c *Case, h leak.Hit, who android.Package) {
	row := LeakRow{
		Handset: c.Handset, Scenario: c.Scenario, Package: android.Package(bounded(string(who))),
		Kind: h.Kind, Certainty: string(h.Certainty), Masked: bounded(h.Masked), Tag: bounded(h.Tag), Ref: h.Ref,
	}
	key := leakKey{c.Handset, c.Scenario, row.Package, h.Kind, row.Certainty, h.Hash, row.Tag}
	row.Count = max(h.Count, 1)
	if old, ok := r.leaks[key]; ok {
		row.Count += old.Count
		row.Ref = first(old.Ref, row.Ref)
	}
	r.leaks[key] = row
}

// addCapture enters a capture once. What stands in the cases of two scenarios is
// the baseline's.
func (r rows) addCapture(c *Case, v Covered) {
	key := captureKey{v.Ref.Bundle, v.Ref.File}
	now := capture{c.Handset, c.Scenario, v}
	now.covered.Reading.Samples = nil
	if old, ok := r.captures[key]; ok && old.scenario != now.scenario {
		now.scenario = evidence.Baseline
	}
	r.captures[key] = now
}

func (r rows) grantRows() []GrantRow {
	return slices.SortedFunc(maps.Values(r.grants), func(a, b GrantRow) int {
		return cmp.Or(compareHandsets(a.Handset, b.Handset), cmp.Compare(a.Package, b.Package),
			cmp.Compare(a.Permission, b.Permission), cmp.Compare(a.User, b.User), compareRefs(a.Ref, b.Ref))
	})
}

func (r rows) useRows() []UseRow {
	return slices.SortedFunc(maps.Values(r.uses), func(a, b UseRow) int {
		return cmp.Or(compareHandsets(a.Handset, b.Handset), cmp.Compare(a.Package, b.Package), cmp.Compare(a.Op, b.Op),
			cmp.Compare(a.State, b.State), cmp.Compare(a.Scenario, b.Scenario), compareRefs(a.Ref, b.Ref))
	})
}

func (r rows) leakRows() []LeakRow {
	return slices.SortedFunc(maps.Values(r.leaks), func(a, b LeakRow) int {
		return cmp.Or(compareHandsets(a.Handset, b.Handset), cmp.Compare(a.Package, b.Package), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Certainty, b.Certainty), cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Tag, b.Tag),
			cmp.Compare(a.Masked, b.Masked), compareRefs(a.Ref, b.Ref))
	})
}

// first gives the reference that stands first, so that the order in which cases
// are added does not matter.
func first(a, b evidence.Ref) evidence.Ref {
	if compareRefs(b, a) < 0 {
		return b
	}
	return a
}
