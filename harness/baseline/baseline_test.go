package baseline_test

import (
	"slices"
	"strings"
	"testing"

	"assay/harness/android"
	"assay/harness/baseline"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	probe     = android.Package("org.example.probe")
	newestSDK = 36
)

// handset is one that tells what a test has written down of it, and no more.
type handset struct {
	replies  map[string]baseline.Reply // by the holder as a table has it
	signed   map[android.Package]android.Package
	is       map[baseline.Condition]baseline.Told
	image    baseline.Told // of every package
	declared string
}

func (h handset) Resolve(x baseline.Holder) baseline.Reply { return h.replies[x.String()] }

func (h handset) SignedAs(p, as android.Package) baseline.Told {
	switch h.signed[p] {
	case "":
		return baseline.Untold
	case as:
		return baseline.Yes
	}
	return baseline.No
}

func (h handset) Is(c baseline.Condition) baseline.Told { return h.is[c] }

func (h handset) OfImage(android.Package) baseline.Told { return h.image }

func (h handset) Declared(android.Package, android.Permission) string { return h.declared }

func live(packages ...android.Package) baseline.Reply {
	return baseline.Reply{Packages: packages, Known: true, Live: true}
}

func embedded(t testing.TB) *baseline.Tables {
	tables, err := baseline.Embedded()
	require.NoError(t, err)
	return tables
}

// keyOwners are the packages that show each of the platform's keys.
var keyOwners = map[string]android.Package{
	"platform": "android", "media": "com.android.providers.media", "shared": "com.android.providers.contacts",
	"networkstack": "com.android.networkstack", "bluetooth": "com.android.bluetooth",
}

// meant makes the handset on which a package is just what a row means, and the
// question for it.
func meant(r baseline.Row, sdk int) (baseline.Question, handset) {
	x := r.Holders[0]
	q := baseline.Question{SDK: sdk, Package: probe, UID: android.NoUID}
	h := handset{replies: map[string]baseline.Reply{}, signed: map[android.Package]android.Package{}, is: map[baseline.Condition]baseline.Told{}, image: baseline.Yes}
	for _, c := range r.When {
		h.is[c] = baseline.Yes
	}
	switch x.By {
	case "package":
		q.Package = android.Package(x.Name)
		h.signed[q.Package] = "android"
		for _, s := range x.Signers {
			if owner, known := keyOwners[s]; known {
				h.signed[q.Package] = owner
			} else {
				q.Signers = append(q.Signers, s)
			}
		}
	case "uid":
		q.UID = 1000
	case "persistent", "signed":
		q.Persistent = x.By == "persistent"
		h.signed[probe] = "android"
	default:
		h.replies[x.String()] = live(probe)
	}
	if r.File == "roles.tsv" {
		q.Flags = []string{"GRANTED_BY_ROLE"}
	}
	return q, h
}

// alone gives the table of one row by itself: two tables may know of one holder, as
// those of the policy and of the roles do. Nor is there the row for all that is signed
// with the platform's key.
func alone(all *baseline.Tables, r baseline.Row) *baseline.Tables {
	t := *all
	t.Rows = slices.DeleteFunc(slices.Clone(all.Rows), func(o baseline.Row) bool {
		return o.File != r.File || o.Holders[0].By == "signed" && r.Holders[0].By != "signed"
	})
	return &t
}

// TestEachRowDecidesForItsHolder takes each row away: the answer for its holder is then another.
func TestEachRowDecidesForItsHolder(t *testing.T) {
	tables := embedded(t)
	for _, r := range tables.Rows {
		table := alone(tables, r)
		without := *table
		without.Rows = slices.DeleteFunc(slices.Clone(table.Rows), func(o baseline.Row) bool { return o.Line == r.Line })
		last := r.Max
		if last == 0 {
			last = newestSDK
		}
		for _, sdk := range []int{r.Min, last} {
			q, h := meant(r, sdk)
			for _, p := range tables.Expand(r.Permissions, sdk, 0) {
				q.Permission = p
				if p == "*" {
					q.Permission = "android.permission.CAMERA"
				}
				with, gone := table.Look(q, h), without.Look(q, h)
				require.NotNil(t, with.Row, "%s:%d, SDK %d, %s", r.File, r.Line, sdk, p)
				assert.Equal(t, [2]any{r.File, r.Line}, [2]any{with.Row.File, with.Row.Line}, "SDK %d, %s", sdk, p)
				assert.NotEqual(t, with.String(), gone.String(), "%s:%d, SDK %d, %s", r.File, r.Line, sdk, p)
				if p != "*" && r.File != "roles.tsv" {
					assert.False(t, gone.Expected(), "%s:%d, SDK %d, %s: %s", r.File, r.Line, sdk, p, gone)
				}
			}
		}
	}
}

// TestEachRowIsCertainOnlyOfWhatDecides asks once more with a print-out in place of the live answer.
func TestEachRowIsCertainOnlyOfWhatDecides(t *testing.T) {
	tables := embedded(t)
	for _, r := range tables.Rows {
		q, h := meant(r, r.Min)
		q.Permission = tables.Expand(r.Permissions, r.Min, 0)[0]
		if r.File == "roles.tsv" || q.Permission == "*" {
			continue
		}
		// A key that nothing tells, or that the package alone shows, is no certainty.
		own := slices.Contains(r.Holders[0].Signers, "other") && len(r.Holders[0].Signers) == 1 || h.signed[q.Package] == q.Package && q.Package != "android"
		assert.Equal(t, !own, tables.Look(q, h).Expected(), "%s:%d", r.File, r.Line)
		for key, reply := range h.replies {
			reply.Live = false
			h.replies[key] = reply
		}
		h.signed, q.Signers = nil, nil
		a := tables.Look(q, h)
		assert.False(t, a.Expected(), "%s:%d: %s", r.File, r.Line, a)
	}
}

func TestTheRowsAreSound(t *testing.T) {
	tables := embedded(t)
	assert.Len(t, tables.Sets, 26)
	assert.Len(t, tables.Splits, 15)
	assert.Len(t, tables.Rows, 255)
	overlap := func(a, b baseline.Row) bool {
		return (b.Max == 0 || a.Min <= b.Max) && (a.Max == 0 || b.Min <= a.Max)
	}
	for i, a := range tables.Rows {
		assert.NotEmpty(t, a.Source, "%s:%d", a.File, a.Line)
		for _, b := range tables.Rows[:i] {
			if a.File != b.File || a.Holders[0].String() != b.Holders[0].String() || !slices.Equal(a.When, b.When) || !overlap(a, b) {
				continue
			}
			sdk := max(a.Min, b.Min)
			for _, p := range tables.Expand(a.Permissions, sdk, 0) {
				assert.NotContains(t, tables.Expand(b.Permissions, sdk, 0), p, "%s:%d and %d give the same", a.File, a.Line, b.Line)
			}
		}
	}
	for i, a := range tables.Sets {
		for _, b := range tables.Sets[:i] {
			row := func(s baseline.Set) baseline.Row { return baseline.Row{Min: s.Min, Max: s.Max} }
			assert.False(t, a.Name == b.Name && overlap(row(a), row(b)), "sets.tsv:%d and %d overlap", a.Line, b.Line)
		}
	}
}

func TestATableIsReadStrictly(t *testing.T) {
	const head = "what\tmin_sdk\tmax_sdk\tkind\tholder\twhen\tpermissions\tfixed\tsource\n"
	good := []string{"camera", "23", "-", "handler", "activity:X", "-", "CAMERA", "no", "F.java@23"}
	for _, c := range []struct {
		field int
		text  string
		want  string
	}{
		{0, " ", `t.tsv:2:1: " " is not words`},
		{1, "22", "t.tsv:2:8: SDK 22 is before 23, in which no app is given anything by default"},
		{1, "x", `t.tsv:2:8: "x" is no SDK`},
		{2, "20", "t.tsv:2:11: SDK 20 is before 23"},
		{3, "friend", `t.tsv:2:13: "friend" is no kind of holder`},
		{4, "activity", `t.tsv:2:21: "activity" names no holder, such as role:android.app.role.DIALER`},
		{4, "wish:X", `t.tsv:2:21: "wish:X" names no holder, such as role:android.app.role.DIALER`},
		{4, "package:com.maker.clock", `t.tsv:2:21: "com.maker.clock" is no app of AOSP's: its row needs the signer`},
		{4, "package:com.maker.clock#abc", `t.tsv:2:21: "abc" is neither a key of the platform nor a SHA-256 digest in capitals`},
		{4, "name:*clock*", `t.tsv:2:21: "name:*clock*": a name is but a stand-in (~)`},
		{5, "sunny", `t.tsv:2:32: "sunny" is no condition`},
		{6, "@none", `t.tsv:2:34: "@none" is no set of sets.tsv`},
		{6, "camera", `t.tsv:2:34: "camera" is no permission`},
		{6, "CAMERA,CAMERA", `t.tsv:2:34: "android.permission.CAMERA" stands twice`},
		{7, "maybe", `t.tsv:2:41: "maybe" is neither yes, no nor part`},
		{8, "somewhere", `t.tsv:2:44: "somewhere" is not a source, such as roles.xml@30,31`},
	} {
		fields := slices.Clone(good)
		fields[c.field] = c.text
		err := new(baseline.Tables).Read("t.tsv", []byte(head+strings.Join(fields, "\t")+"\n"))
		assert.EqualError(t, err, c.want)
	}
	require.NoError(t, new(baseline.Tables).Read("t.tsv", []byte("# why\n"+head+strings.Join(good, "\t")+"\n")))
	assert.EqualError(t, new(baseline.Tables).Read("t.tsv", []byte(head+"camera\t23\n")), "t.tsv:2:1: 2 fields; the table has 9 columns")
	assert.EqualError(t, new(baseline.Tables).Read("t.tsv", nil), "t.tsv: no line names the columns")
	assert.ErrorContains(t, new(baseline.Tables).Read("t.tsv", []byte("a\tb\n")), "are of no table")
}
