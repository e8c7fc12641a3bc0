package network

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// ProcNet reads the kernel's tables of sockets.
var ProcNet = printout.Parser{
	Source: "proc-net",
	Parse:  parseProcNet,
	Needs: "Linux net/ipv4/{tcp_ipv4,udp}.c and net/ipv6/{tcp_ipv6,udp}.c, /proc/net/{tcp,tcp6,udp,udp6}, " +
		"readable by the shell on Android 5 to 16",
}

// parseProcNet reads looks at the kernel's socket tables, or a single table, whose protocol
// is then the subject.
func parseProcNet(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	protocol, at := in.Subject, int64(0)
	for l.Next() {
		t := l.Text()
		switch {
		case bytes.HasPrefix(t, printout.HeadingMark):
			var ok bool
			if protocol, at, ok = sampleOf(t); ok {
				l.Read()
			}
		case bytes.HasPrefix(bytes.TrimLeft(t, " "), []byte("sl ")):
			if protocol == "" {
				protocol = protocolOf(t)
			}
			l.Read()
			if at != 0 {
				emit(fact.SocketLook{Protocol: protocol, At: at}, l.Span())
			}
		case bytes.HasSuffix(t, []byte(android.NoSuchFile)):
			l.Skip() // a kernel without IPv6
		default:
			s, ok := socketIn(t)
			if !ok || protocol == "" {
				l.Settle()
				continue
			}
			s.Protocol, s.At = protocol, at
			s.State = socketState(s.State)
			l.Read()
			emit(s, l.Span())
		}
	}
	return nil
}

func sampleOf(t []byte) (protocol string, at int64, ok bool) {
	path, rest := printout.Word(t[len(printout.HeadingMark):])
	base := path[bytes.LastIndexByte(path, '/')+1:]
	switch string(base) {
	case "tcp", "tcp6", "udp", "udp6":
	default:
		return "", 0, false
	}
	seconds, _ := printout.Word(rest)
	whole, _, _ := bytes.Cut(seconds, []byte("."))
	n, ok := printout.Number(whole)
	return string(base), int64(n), ok
}

// protocolOf tells the tables apart by their headings: those of UDP end in
// drops, those of IPv6 leave room for longer addresses.
func protocolOf(heading []byte) string {
	protocol := "tcp"
	if bytes.Contains(heading, []byte("drops")) {
		protocol = "udp"
	}
	if bytes.Contains(heading, []byte("local_address                  ")) {
		protocol += "6"
	}
	return protocol
}

// socketIn reads
//
//	SL: LOCAL:PORT REMOTE:PORT ST TX:RX TR:WHEN RETRNSMT UID TIMEOUT INODE …
func socketIn(t []byte) (fact.Socket, bool) {
	var s fact.Socket
	var words [10][]byte
	for i := range words {
		if words[i], t = printout.Word(t); len(words[i]) == 0 {
			return s, false
		}
	}
	if words[0][len(words[0])-1] != ':' {
		return s, false
	}
	local, ok := address(words[1])
	remote, ok2 := address(words[2])
	uid, ok3 := printout.Number(words[7])
	inode, ok4 := printout.Number(words[9])
	if !ok || !ok2 || !ok3 || !ok4 || len(words[3]) != 2 {
		return s, false
	}
	return fact.Socket{Local: local, Remote: remote, State: string(words[3]), UID: android.UID(uid), Inode: uint64(inode)}, true
}

// address reads ADDRESS:PORT in hexadecimal. Addresses are 32-bit words in the
// byte order of the processor, little-endian on every handset; ports are not.
func address(b []byte) (netip.AddrPort, bool) {
	var raw [16]byte
	host, port, ok := bytes.Cut(b, []byte(":"))
	if !ok || len(host) != 8 && len(host) != 32 {
		return netip.AddrPort{}, false
	}
	n, err := hex.Decode(raw[:], host)
	p, err2 := strconv.ParseUint(string(port), 16, 16)
	if err != nil || err2 != nil {
		return netip.AddrPort{}, false
	}
	for i := 0; i < n; i += 4 {
		binary.BigEndian.PutUint32(raw[i:], binary.LittleEndian.Uint32(raw[i:]))
	}
	addr, _ := netip.AddrFromSlice(raw[:n])
	return netip.AddrPortFrom(addr.Unmap(), uint16(p)), true
}

// socketStates are the kernel's (include/net/tcp_states.h). A UDP socket is
// ESTABLISHED where it is connected, else CLOSE.
var socketStates = map[string]string{
	"01": "ESTABLISHED", "02": "SYN_SENT", "03": "SYN_RECV", "04": "FIN_WAIT1", "05": "FIN_WAIT2", "06": "TIME_WAIT",
	"07": "CLOSE", "08": "CLOSE_WAIT", "09": "LAST_ACK", "0A": "LISTEN", "0B": "CLOSING", "0C": "NEW_SYN_RECV",
}

func socketState(code string) string {
	if name, ok := socketStates[code]; ok {
		return name
	}
	return code
}
