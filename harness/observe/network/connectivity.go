package network

import (
	"bytes"
	"strings"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysConnectivity reads which networks there are, and who asked for one.
var DumpsysConnectivity = printout.Parser{
	Source: "dumpsys-connectivity",
	Parse:  parseConnectivity,
	Needs: "services/core com/android/server/ConnectivityService.java dump, " +
		"NetworkRequest.java and NetworkAgentInfo.java toString, Android 5 to 11; " +
		"packages/modules/Connectivity, 12 to 16; read from print-outs of 7, 8, 9, 10, 13 and 14, the rest from source only",
}

// connectivityDump reads dumpsys connectivity.
type connectivityDump struct {
	*printout.Lines
	emit    printout.Emit
	names   printout.Names
	inside  bool
	section connectivitySection
}

type connectivitySection int

const (
	connectivityOther connectivitySection = iota // tethering, offers, legacy types, addresses
	connectivityNetworks
	connectivityRequests
	connectivityLog
)

// connectivityHeadings are the headings whose lines are read, and those that come first in
// some release.
var connectivityHeadings = []struct {
	prefix  string
	section connectivitySection
}{
	{"Active default network: ", connectivityOther},
	{"Current Networks:", connectivityNetworks},
	{"Network Requests:", connectivityRequests},
	{"NetworkDiagnostics:", connectivityOther},
	{"NetworkFactories for:", connectivityOther},
	{"NetworkProviders for:", connectivityOther},
	{"mNetworkRequestInfoLogs (most recent first):", connectivityLog},
}

func parseConnectivity(in printout.Input, emit printout.Emit) error {
	d := &connectivityDump{Lines: in.Lines, emit: in.Lines.UnlessDoubtful(emit)}
	for d.Next() {
		t := bytes.TrimRight(d.Text(), " ")
		switch in := printout.Indent(t); {
		case in == len(t):
			d.Skip()
		case in == 0:
			d.heading(t)
		default:
			if d.StrayBefore() != printout.NoStray && !d.own(in, t) {
				d.Doubt()
			}
			d.line(in, t[in:])
		}
	}
	return nil
}

// line reads a line under a heading.
func (d *connectivityDump) line(in int, t []byte) {
	switch {
	case d.section == connectivityNetworks:
		d.network(in, t)
	case d.section == connectivityRequests:
		d.standing(t)
	case d.section == connectivityLog:
		d.logged(t)
	case d.inside:
		d.Skip()
	}
	if d.Doubtful() && d.inside {
		d.SettleDoubtful()
	}
}

func (d *connectivityDump) heading(t []byte) {
	for _, h := range connectivityHeadings {
		if bytes.HasPrefix(t, []byte(h.prefix)) {
			d.inside, d.section = true, h.section
			d.Trust()
			d.Read()
			return
		}
	}
	switch {
	case !d.SettleAtMargin():
		d.section = connectivityOther
		d.Trust()
	case d.Skipped(): // a warning
	case d.inside:
		if d.Stray() == printout.Title {
			d.Doubt()
		}
		d.Skip()
	case bytes.HasPrefix(t, []byte("NetworkInfo: ")): // Android 2 to 4 begin with their networks
		d.inside = true
		d.Skip()
	}
}

// own says whether a line right behind a stray belongs to the section. Behind a title it may
// belong to another: more than one section has requests, or networks.
func (d *connectivityDump) own(in int, t []byte) bool {
	form := bytes.Contains(t, []byte("NetworkRequest [ ")) || bytes.HasPrefix(t[in:], []byte("NetworkAgentInfo{"))
	return in > 2 || d.StrayBefore() == printout.Note && form
}

// standing reads a request that stands when dumped:
//
//	Listen from uid/pid:10116/31371 for NetworkRequest [ id=113, legacyType=-1, [ Capabilities: INTERNET&TRUSTED] ]   Android 5 and 6
//	uid/pid:10116/31371 NetworkRequest [ LISTEN id=113, [ Capabilities: INTERNET&TRUSTED] ]
//	uid/pid:1000/508 asUid: 10074 activeRequest: 26 callbackRequest: 25 [NetworkRequest [ REQUEST id=26, [ … RequestorPkg: android …] ]]
func (d *connectivityDump) standing(t []byte) {
	r := fact.NetworkRequest{}
	if d.request(t, &r) {
		d.Read()
		d.emit(r, d.Span())
	}
}

// logged reads an entry of the log: 11-05 14:24:31.852 - REGISTER, or
// 2025-11-23T07:00:00.068394 - RELEASE, and the request.
func (d *connectivityDump) logged(t []byte) {
	local, rest, ok := bytes.Cut(t, []byte(" - "))
	local = printout.LatinDigits(local) // LocalLog.log, to Android 10: String.format without a locale
	event, rest := printout.Word(rest)
	r := fact.NetworkRequest{Event: d.names.Of(event), Local: string(local)}
	if ok && len(local) <= len("2025-11-23T07:00:00.068394") && d.request(bytes.TrimLeft(rest, " "), &r) {
		d.Read()
		d.emit(r, d.Span())
	}
}

func (d *connectivityDump) request(t []byte, r *fact.NetworkRequest) bool {
	kind, t := askedFor(t)
	who, what, ok := bytes.Cut(t, []byte("NetworkRequest [ "))
	ids, _ := printout.Word(bytes.TrimPrefix(who, []byte("uid/pid:")))
	u, p, isPair := bytes.Cut(ids, []byte("/"))
	uid, isUID := printout.Number(u)
	pid, isPID := printout.Number(p)
	if !ok || !isPair || !isUID || !isPID {
		return false
	}
	r.UID, r.PID, r.AsUID, r.ID = android.UID(uid), pid, android.NoUID, -1
	if as, ok := labelled(who, "asUid"); ok {
		if n, isNumber := printout.Number(as); isNumber {
			r.AsUID = android.UID(n)
		}
	}
	rest := what
	if kind == "" {
		var word []byte
		word, rest = printout.Word(what)
		kind = d.names.Of(word)
	}
	r.Type = kind
	if id, ok := printout.Value(rest, "id"); ok {
		r.ID, _ = printout.Number(bytes.TrimSuffix(id, []byte(",")))
	}
	what, _, _ = bytes.Cut(rest, []byte("NetworkRequest [ ")) // one callback may stand for several, in order of preference
	if v, ok := labelled(what, "Transports"); ok {
		r.Transports = strings.Split(string(v), "|")
	}
	if v, ok := labelled(what, "Capabilities"); ok {
		r.Capabilities = strings.Split(string(v), "&")
	}
	if v, ok := labelled(what, "RequestorPkg"); ok {
		r.Package = android.Package(d.names.Of(v))
	}
	return r.ID >= 0
}

// askedFor cuts off what stands before uid/pid: on Android 5 and 6. Later releases say it
// within the request.
func askedFor(t []byte) (kind string, rest []byte) {
	for _, k := range oldRequestKinds {
		if rest, ok := bytes.CutPrefix(t, []byte(k.prefix)); ok {
			return k.kind, rest
		}
	}
	return "", t
}

var oldRequestKinds = []struct{ prefix, kind string }{
	{"Listen from ", "LISTEN"},
	{"Request from ", "REQUEST"},
	{"Track default from ", "TRACK_DEFAULT"}, // of makers, ahead of Android 7
}

// labelled gives the word behind "label: ", without the bracket that may close it.
func labelled(t []byte, label string) ([]byte, bool) {
	for from := 0; ; {
		i := bytes.Index(t[from:], []byte(label+": "))
		if i < 0 {
			return nil, false
		}
		i += from
		from = i + len(label) + 2
		if i > 0 && t[i-1] != ' ' && t[i-1] != '[' && t[i-1] != '{' {
			continue
		}
		word, _ := printout.Word(t[from:])
		word = bytes.TrimRight(word, "]}")
		return word, len(word) > 0
	}
}

// network reads a network's line: what it is, and who resolves its names. The
// lines below it say which requests it serves.
func (d *connectivityDump) network(in int, t []byte) {
	rest, ok := bytes.CutPrefix(t, []byte("NetworkAgentInfo{"))
	if !ok || in != 2 {
		d.Skip()
		return
	}
	_, id, _ := bytes.Cut(rest, []byte("network{"))
	id, _, closed := bytes.Cut(id, []byte("}"))
	_, info, hasInfo := bytes.Cut(rest, []byte("ni{"))
	if _, isNumber := printout.Number(id); !closed || !hasInfo || !isNumber {
		return
	}
	kind, _ := printout.Word(bytes.TrimPrefix(info, []byte("[type: ")))
	kind, _, _ = bytes.Cut(kind, []byte("["))
	n := fact.Network{ID: string(id), Type: d.names.Of(kind)}
	if v, ok := labelled(rest, "UsePrivateDns"); ok {
		n.PrivateDNS = d.names.Of(v)
	}
	if v, ok := labelled(rest, "PrivateDnsServerName"); ok && string(v) != "null" {
		n.PrivateDNSServer = d.names.Of(v)
	}
	if v, ok := labelled(rest, "Capabilities"); ok {
		n.Capabilities = strings.Split(string(v), "&")
	}
	d.Read()
	d.emit(n, d.Span())
}
