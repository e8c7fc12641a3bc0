package virtual

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"assay/harness/virtual/persona"
)

// socket is one open TCP connection.
type socket struct {
	pid, uid int
	local    netip.AddrPort
	remote   netip.AddrPort
	inode    int
	opened   time.Time
	closed   bool
	waits    bool // its app has closed it, and the kernel keeps its ends apart for a while
}

// timeWait is how long the kernel keeps a connection that the handset closed
// (TCP_TIMEWAIT_LEN, include/net/tcp.h).
const timeWait = 60 * time.Second

// trafficKey is what Android counts bytes by: 1 is the foreground set.
type trafficKey struct {
	uid, set int
	hour     int64 // start of the bucket, Unix seconds
}

// counter counts bytes and packets.
type counter struct{ rxBytes, rxPackets, txBytes, txPackets int64 }

func (c *counter) add(o counter) {
	c.rxBytes += o.rxBytes
	c.rxPackets += o.rxPackets
	c.txBytes += o.txBytes
	c.txPackets += o.txPackets
}

// bucket is the width of a history bucket that netstats prints for UIDs.
const bucket = 2 * time.Hour

// wlanAddress is the handset's own address on the lab's Wi-Fi.
func (h *PhoneHandset) wlanAddress() netip.Addr {
	n := h.number("wlan0")
	return netip.AddrFrom4([4]byte{192, 168, 0, byte(n%250) + 2})
}

// connect opens a connection for a process and counts its bytes.
func (h *PhoneHandset) connect(p *proc, d *persona.ConnectAction) {
	ip, err := netip.ParseAddr(d.IP)
	if err != nil {
		ip = netip.AddrFrom4([4]byte{203, 0, 113, byte(h.number(d.Host)%254) + 1})
	}
	s := &h.state
	s.nextInode += 1 + int(h.number("inode", fmt.Sprint(s.nextInode))%40)
	port := 32768 + (s.nextInode*7)%28000
	so := &socket{
		pid: p.pid, uid: p.uid, inode: s.nextInode, opened: h.clock.Now(),
		local: netip.AddrPortFrom(h.wlanAddress(), uint16(port)), remote: netip.AddrPortFrom(ip, uint16(d.Port)),
	}
	s.sockets = append(s.sockets, so)
	const packet = 1200
	h.count(p, counter{d.Received, d.Received/packet + 3, d.Sent, d.Sent/packet + 4})
	stays := time.Duration(d.For)
	if stays == 0 {
		stays = 20 * time.Second
	}
	h.agenda().after(h.clock.Now().Add(stays), p.pid, func() {
		so.waits, so.pid = true, 0
		h.agenda().after(h.clock.Now().Add(timeWait), 0, func() {
			so.closed = true
			s.sockets = slices.DeleteFunc(s.sockets, func(o *socket) bool { return o.closed })
		})
	})
}

// count adds to a UID's counters.
func (h *PhoneHandset) count(p *proc, c counter) {
	set := 0
	if p.state == "top" || p.state == "fg" {
		set = 1
	}
	key := trafficKey{p.uid, set, h.clock.Now().Truncate(bucket).Unix()}
	if h.state.traffic[key] == nil {
		h.state.traffic[key] = &counter{}
	}
	h.state.traffic[key].add(c)
}

// online counts what Android itself moves when it comes on a network, in every
// release: netd asks for names as root, and the system looks whether there is a way
// out. Kernels that have counted nothing do not exist.
func (h *PhoneHandset) online() {
	hour := h.clock.Now().Truncate(bucket).Unix()
	h.state.traffic[trafficKey{0, 0, hour}] = &counter{1480, 12, 912, 12}
	h.state.traffic[trafficKey{systemUID, 0, hour}] = &counter{2204, 9, 1131, 11}
}

// totals sums the counters by UID and set; from is the earliest bucket.
func (s *state) totals() ([]trafficKey, map[trafficKey]counter) {
	sum := map[trafficKey]counter{}
	for k, c := range s.traffic {
		k.hour = 0
		t := sum[k]
		t.add(*c)
		sum[k] = t
	}
	keys := make([]trafficKey, 0, len(sum))
	for k := range sum {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b trafficKey) int { return cmp.Or(a.uid-b.uid, a.set-b.set) })
	return keys, sum
}

// hexAddress4 prints an IPv4 address and port as /proc/net/tcp does: the words
// of the address in the CPU's order, little-endian.
func hexAddress4(a netip.AddrPort) string {
	b := a.Addr().As4()
	return fmt.Sprintf("%08X:%04X", binary.LittleEndian.Uint32(b[:]), a.Port())
}

// hexAddress6 prints an address as /proc/net/tcp6 does; IPv4 is mapped.
func hexAddress6(a netip.AddrPort) string {
	b := a.Addr().As16()
	out := ""
	for i := 0; i < 16; i += 4 {
		out += fmt.Sprintf("%08X", binary.LittleEndian.Uint32(b[i:i+4]))
	}
	return fmt.Sprintf("%s:%04X", out, a.Port())
}
