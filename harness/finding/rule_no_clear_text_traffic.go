package finding

import (
	"net/netip"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// Socket tables are sampled: what was open between two looks stays unseen, however
// often one looks, and a port tells the protocol by convention only. So a look can
// flag, and cannot clear. What clears is the kernel's count of bytes, which misses
// nothing: of a UID that moved none between the dump before the steps and the dump
// after them, nothing was sent in the clear. A UID of a preinstalled app that moved
// some is Unknown, also where some of its sockets were seen, and were all encrypted:
// its bytes are not told apart by socket, and one short connection beside them is
// enough. Looks that came late or not at all, and closed connections that name no
// owner, leave the claim Unknown too. Addresses of the handset itself and of the
// network that it stands in are left alone.
var noClearTextTraffic = Rule{
	ID:          "no-clear-text-traffic",
	Title:       "No preinstalled app talks to the network in clear text.",
	Why:         "Whoever runs the network, the hotspot or the line reads along, and can change what the app is told.",
	Remedy:      "Use TLS, and set android:usesCleartextTraffic=\"false\" in the manifest.",
	Severity:    High,
	SeverityWhy: "whoever is on the way can read it, and change it",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-NETWORK-1",
	},
	Scope: PerScenario,
	Needs: append([]Need{{Source: sockets, Phase: evidence.During}}, byteCounters...),
	Check: func(c *Case) []Finding {
		t := newTraffic(c)
		t.flag()
		t.orphans()
		if c.Scenario == evidence.Imported {
			return t.found.findings
		}
		t.bytes()
		t.looks()
		if len(t.found.findings) == 0 {
			return []Finding{t.clear()}
		}
		return t.found.findings
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
func clearText(s fact.Socket) (string, bool) {
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
