package finding

import (
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/baseline"
	"assay/harness/observe/fact"
)

// image answers what the look-up of expected holders asks of a handset, from a case's
// facts. Intents that the shell was asked about are live, as are roles and authorities.
type image struct {
	who      *roster
	roles    map[roleOf][]android.Package
	owners   map[string][]android.Package // of authorities
	answers  map[string][]android.Package // of activity, category, service
	props    map[string]string
	declared map[ownPermission]string
	signers  map[android.Package][]string
	provides bool // some authority was read
	partly   bool // not all that answers an intent was read
}

// roleOf is a role of one of the handset's users.
type roleOf struct {
	role string
	user int
}

// imageOf is the image to one of the handset's users, who has roles of their own.
type imageOf struct {
	*image
	user int
}

type ownPermission struct {
	pkg  android.Package
	perm android.Permission
}

func newImage(c *Case) *image {
	h := &image{
		who: c.who(), roles: map[roleOf][]android.Package{}, owners: map[string][]android.Package{}, answers: map[string][]android.Package{},
		props: map[string]string{}, declared: map[ownPermission]string{}, signers: map[android.Package][]string{},
	}
	add := func(to map[string][]android.Package, key string, p android.Package) {
		if !slices.Contains(to[key], p) {
			to[key] = append(to[key], p)
		}
	}
	for _, v := range c.Coverage {
		h.partly = h.partly || v.Source == answering && !complete(v)
	}
	for _, o := range c.Observations {
		switch f := o.Fact.(type) {
		case fact.RoleHolder:
			at := roleOf{f.Role, f.User}
			h.roles[at] = append(h.roles[at], f.Package)
		case fact.Provider:
			h.provides = true
			add(h.owners, f.Authority, f.Package)
		case fact.Component:
			switch {
			case f.Component == "activity" && f.Action == "android.intent.action.MAIN" && f.Category != "" && f.Data == "":
				add(h.answers, "category:"+f.Category, f.Package)
			case f.Category == "" && f.Data == "" && f.Type == "":
				add(h.answers, f.Component+":"+f.Action, f.Package)
			}
		case fact.Signer:
			if !f.Past {
				h.signers[f.Package] = append(h.signers[f.Package], f.SHA256)
			}
		case fact.Property:
			h.props[f.Key] = f.Value
		case fact.ImagePermission:
			if f.List == "default" && f.Allowed {
				h.declared[ownPermission{f.Package, f.Permission}] = f.File
			}
		}
	}
	return h
}

// Resolve implements baseline.Handset.
func (h imageOf) Resolve(x baseline.Holder) baseline.Reply {
	var who []android.Package
	known := false
	switch x.By {
	case "role":
		who, known = h.roles[roleOf{x.Name, h.user}], len(h.roles[roleOf{x.Name, h.user}]) > 0
	case "authority":
		who, known = h.owners[x.Name], h.provides
	case "activity", "category", "service":
		who, known = h.answers[x.By+":"+x.Name], len(h.answers[x.By+":"+x.Name]) > 0
	}
	intent := x.By != "role" && x.By != "authority"
	return baseline.Reply{Packages: who, Known: known, Live: !intent || !h.partly}
}

// SignedAs implements baseline.Handset: the short hashes of one print-out, which are
// no identity, tell one signer from another on one handset.
func (h *image) SignedAs(p, as android.Package) baseline.Told {
	a, b := h.who.installs[p].Signature, h.who.installs[as].Signature
	switch {
	case a == "" || b == "":
		return baseline.Untold
	case a == b:
		return baseline.Yes
	}
	return baseline.No
}

// Is implements baseline.Handset.
func (h *image) Is(c baseline.Condition) baseline.Told {
	told := func(key string, yes func(string) bool) baseline.Told {
		v, ok := h.props[key]
		switch {
		case !ok:
			return baseline.Untold
		case yes(v):
			return baseline.Yes
		}
		return baseline.No
	}
	of := func(word string) baseline.Told {
		return told("ro.build.characteristics", func(v string) bool { return slices.Contains(strings.Split(v, ","), word) })
	}
	switch c {
	case baseline.Watch:
		return of("watch")
	case baseline.Automotive:
		return of("automotive")
	case baseline.LowRAM:
		if len(h.props) > 0 && h.props["ro.config.low_ram"] == "" {
			return baseline.No
		}
		return told("ro.config.low_ram", func(v string) bool { return v == "true" })
	case baseline.Upgraded:
		return told("ro.product.first_api_level", func(v string) bool { return len(v) == 2 && v <= "30" })
	}
	return baseline.Untold
}

// OfImage implements baseline.Handset.
func (h *image) OfImage(p android.Package) baseline.Told {
	if i, ok := h.who.installs[p]; ok {
		if i.System() || android.PartitionOf(i.CodePath).Preinstalled() {
			return baseline.Yes
		}
		return baseline.No
	}
	return baseline.Untold
}

// Declared implements baseline.Handset.
func (h *image) Declared(p android.Package, perm android.Permission) string {
	return h.declared[ownPermission{p, perm}]
}

// look asks the baseline for one holding.
func (h *image) look(sdk int, x held) baseline.Answer {
	t, err := baseline.Embedded()
	if err != nil { // its own tests read every row
		return baseline.Answer{}
	}
	return t.Look(h.question(sdk, x), imageOf{h, x.User})
}

// question asks for one holding.
func (h *image) question(sdk int, x held) baseline.Question {
	q := baseline.Question{SDK: sdk, Permission: x.Permission, Package: x.holder, UID: android.NoUID, Flags: x.Flags}
	if x.share != nil {
		if all := h.who.members[x.share.user]; len(all) > 0 {
			q.Package, q.Members = all[0], all[1:]
		}
	}
	if i, ok := h.who.installs[q.Package]; ok {
		q.UID, q.TargetSDK, q.Signers = i.UID, i.TargetSDK, h.signers[q.Package]
		q.Persistent = slices.Contains(i.Flags, "PERSISTENT") && slices.Contains(i.PrivateFlags, "PRIVILEGED")
	}
	return q
}
