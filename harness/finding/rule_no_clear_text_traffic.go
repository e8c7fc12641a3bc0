package finding

import (
	"net/netip"
	"slices"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe"
)

// Socket tables are sampled: what was open between two samples stays unseen, and
// a port tells the protocol by convention only. Addresses of the handset itself
// and of the network that it stands in are left alone.
var noClearTextTraffic = Rule{
	ID:     "no-clear-text-traffic",
	Title:  "No preinstalled app talks to the network in clear text.",
	Why:    "Whoever runs the network, the hotspot or the line reads along, and can change what the app is told.",
	Remedy: "Use TLS, and set android:usesCleartextTraffic=\"false\" in the manifest.",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-NETWORK-1",
	},
	Scope: PerScenario,
	Needs: []Need{{Source: sockets, Phase: evidence.During}},
	Check: func(c *Case) []Finding {
		var g gathered
		who := c.who()
		for s, o := range observe.Of[observe.Socket](c.Observations) {
			protocol, clear := clearText(s)
			if !clear || !s.UID.IsApplication() {
				continue
			}
			p := who.owner(s.UID, -1)
			if who.platform(p) || !slices.ContainsFunc(who.sharing(s.UID), who.preinstalled) {
				continue
			}
			g.add(Flagged, p, o.Ref, "had a connection to port %d, which %s uses without encryption", s.Remote.Port(), protocol)
		}
		return g.findings
	},
}

// clearPorts are the ports of protocols that do not encrypt, by IANA's registry
// and, for 8080, by custom.
var clearPorts = []struct {
	port     uint16
	protocol string
}{
	{21, "FTP"}, {23, "Telnet"}, {25, "SMTP"}, {80, "HTTP"}, {110, "POP3"}, {143, "IMAP"}, {1883, "MQTT"}, {8080, "HTTP"},
}

// clearText says whether a socket stands for a connection to a clear-text port of
// another network, and which protocol's.
func clearText(s observe.Socket) (string, bool) {
	if s.Protocol != "tcp" && s.Protocol != "tcp6" || s.State == "LISTEN" || !elsewhere(s.Remote.Addr()) {
		return "", false
	}
	for _, p := range clearPorts {
		if p.port == s.Remote.Port() {
			return p.protocol, true
		}
	}
	return "", false
}

func elsewhere(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsValid() && !a.IsUnspecified() && !a.IsLoopback() && !a.IsPrivate() && !a.IsLinkLocalUnicast() && !a.IsMulticast()
}

// sharing lists the packages of a UID; of one that no list names, the name that
// owner gives it.
func (r *roster) sharing(uid android.UID) []android.Package {
	if packages := r.byAppID[uid.AppID()]; len(packages) > 0 {
		return packages
	}
	return []android.Package{r.owner(uid, -1)}
}
