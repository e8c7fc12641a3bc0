package finding

import (
	"net/netip"
	"slices"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// traffic gathers what socket tables and byte counters say of one attempt.
type traffic struct {
	c     *Case
	who   *roster
	found gathered
	// owners are the UIDs whose sockets were seen; flows says whose a connection
	// was while it had an owner.
	owners  map[android.UID][]evidence.Ref
	flows   map[flow]android.UID
	flagged map[android.UID]bool
}

// flow is one connection, by its ends.
type flow struct{ local, remote netip.AddrPort }

func newTraffic(c *Case) *traffic {
	t := &traffic{c: c, who: c.who(), owners: map[android.UID][]evidence.Ref{},
		flows: map[flow]android.UID{}, flagged: map[android.UID]bool{}}
	for s, o := range fact.Of[fact.Socket](c.Observations) {
		if orphan(s) {
			continue
		}
		t.flows[flow{s.Local, s.Remote}] = s.UID
		if elsewhere(s.Remote.Addr()) && len(t.owners[s.UID]) < mostGrounds {
			t.owners[s.UID] = append(t.owners[s.UID], o.Ref)
		}
	}
	return t
}

// orphan says whether a row names no owner: the kernel prints UID 0 and inode 0 for
// a connection whose application has closed it (get_timewait4_sock, and sock_i_uid
// of a socket that has no file any more: net/ipv4/tcp_ipv4.c, net/core/sock.c).
func orphan(s fact.Socket) bool {
	switch s.State {
	case "TIME_WAIT", "FIN_WAIT1", "FIN_WAIT2", "LAST_ACK", "CLOSING", "CLOSE":
		return s.UID == 0 && s.Inode == 0
	}
	return false
}

// bears says whether the claim is about a UID: some app of it came with the image,
// and none is a part of Android itself.
func (t *traffic) bears(uid android.UID) bool {
	return uid.IsApplication() && !t.who.platform(t.who.owner(uid, -1)) && slices.ContainsFunc(t.who.sharing(uid), t.who.preinstalled)
}

// flag tells of the connections in clear text that were seen.
func (t *traffic) flag() {
	for s, o := range fact.Of[fact.Socket](t.c.Observations) {
		protocol, clear := clearText(s)
		if !clear || !t.bears(s.UID) {
			continue
		}
		t.flagged[s.UID] = true
		t.found.add(
			Flagged,
			t.who.owner(s.UID, -1),
			o.Ref,
			"had a connection to port %d, which %s uses without encryption",
			s.Remote.Port(),
			protocol,
		)
	}
}

// orphans tells of connections in clear text that were seen only when they were
// closed, and name no owner. One that was seen open before is its owner's.
func (t *traffic) orphans() {
	for s, o := range fact.Of[fact.Socket](t.c.Observations) {
		protocol, clear := clearText(s)
		if _, known := t.flows[flow{s.Local, s.Remote}]; !clear || known || !orphan(s) {
			continue
		}
		t.found.add(Unknown, "", o.Ref, "somebody had a connection to port %d, which %s uses without encryption: "+
			"it was closed when it was seen (%s), and names no owner", s.Remote.Port(), protocol, s.State)
	}
}

// bytes tells of the preinstalled apps that moved bytes, as the kernel counted them.
func (t *traffic) bytes() {
	m := countMoved(t.c)
	for _, uid := range m.order {
		b := m.of[uid]
		if !t.bears(uid) || t.flagged[uid] {
			continue
		}
		p := t.who.owner(uid, -1)
		switch seen := t.owners[uid]; {
		case b.back:
			t.found.cite(Unknown, p, b.refs, "(uid %d) has a counter that went back: how many bytes it moved is not known", uid)
		case b.bytes == 0:
		case len(seen) == 0:
			t.found.cite(Unknown, p, b.refs, "(uid %d) moved %d bytes and none of its sockets was seen", uid, b.bytes)
		default:
			t.found.cite(Unknown, p, append(slices.Clone(b.refs), seen...),
				"(uid %d) moved %d bytes, and not all of them need have gone through the sockets that were seen: looks at them lie apart",
				uid, b.bytes)
		}
	}
	for _, phase := range []evidence.Phase{evidence.Before, evidence.After} {
		if len(m.whole[phase]) > 0 && m.rows[phase] == 0 {
			t.found.cite(Unknown, "", m.whole[phase], "%s %s the steps: it has no counter of any UID", m.source, phase)
		}
	}
}

// looks tells of looks at the sockets that came late or not at all.
func (t *traffic) looks() {
	l := looksOf(t.c)
	switch {
	case l.taken == 0:
		t.found.cite(Unknown, "", nil, "%s: no look at the sockets is in it", sockets)
	case l.missed == 0:
	case l.missed < 0:
		t.found.cite(
			Unknown,
			"",
			l.refs,
			"when the %d looks at the sockets were due is not known: looks may have come late or not at all",
			l.taken,
		)
	default:
		t.found.cite(Unknown, "", l.refs, "%d of %d looks at the sockets came late or not at all", l.missed, l.missed+l.taken)
	}
}

// clear says what nothing was found in.
func (t *traffic) clear() Finding {
	l := looksOf(t.c)
	return cleared(noClearTextGrounds(t.c),
		"%s, none late; no connection in clear text was seen, and by the kernel's count no preinstalled app moved a byte", l)
}

// noClearTextGrounds cites what the claim's Clear rests on.
func noClearTextGrounds(c *Case) []evidence.Ref {
	var refs []evidence.Ref
	for _, v := range c.Coverage {
		if slices.Contains([]string{sockets, liveBytes, oldBytes}, v.Source) && v.Phase != "" {
			refs = append(refs, v.Ref)
		}
	}
	return refs
}

// sharing lists the packages of a UID; of one that no list names, the name that
// owner gives it.
func (r *roster) sharing(uid android.UID) []android.Package {
	if packages := r.byAppID[uid.AppID()]; len(packages) > 0 {
		return packages
	}
	return []android.Package{r.owner(uid, -1)}
}
