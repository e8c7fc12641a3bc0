package phone

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

// TrafficKey is what Android counts bytes by: 1 is the foreground set.
type TrafficKey struct {
	UID, Set int
	Hour     int64 // start of the bucket, Unix seconds
}

// Counter counts bytes and packets.
type Counter struct{ RxBytes, RxPackets, TxBytes, TxPackets int64 }

// Add counts another's bytes and packets too.
func (c *Counter) Add(o Counter) {
	c.RxBytes += o.RxBytes
	c.RxPackets += o.RxPackets
	c.TxBytes += o.TxBytes
	c.TxPackets += o.TxPackets
}

// TrafficBucket is the width of a history bucket that netstats prints for UIDs.
const TrafficBucket = 2 * time.Hour

// WLANAddress is the handset's own address on the lab's Wi-Fi.
func (h *Handset) WLANAddress() netip.Addr {
	n := h.Number("wlan0")
	return netip.AddrFrom4([4]byte{192, 168, 0, byte(n%250) + 2})
}

// connect opens a connection for a process and counts its bytes.
func (h *Handset) connect(p *Process, d *persona.ConnectAction) {
	ip, err := netip.ParseAddr(d.IP)
	if err != nil {
		ip = netip.AddrFrom4([4]byte{203, 0, 113, byte(h.Number(d.Host)%254) + 1})
	}
	s := &h.State
	s.nextInode += 1 + int(h.Number("inode", fmt.Sprint(s.nextInode))%40)
	port := 32768 + (s.nextInode*7)%28000
	so := &socket{
		pid: p.PID, uid: p.UID, inode: s.nextInode, opened: h.Clock.Now(),
		local: netip.AddrPortFrom(h.WLANAddress(), uint16(port)), remote: netip.AddrPortFrom(ip, uint16(d.Port)),
	}
	s.sockets = append(s.sockets, so)
	const packet = 1200
	h.count(p, Counter{d.Received, d.Received/packet + 3, d.Sent, d.Sent/packet + 4})
	stays := time.Duration(d.For)
	if stays == 0 {
		stays = 20 * time.Second
	}
	h.agenda().after(h.Clock.Now().Add(stays), p.PID, func() {
		so.waits, so.pid = true, 0
		h.agenda().after(h.Clock.Now().Add(timeWait), 0, func() {
			so.closed = true
			s.sockets = slices.DeleteFunc(s.sockets, func(o *socket) bool { return o.closed })
		})
	})
}

// count adds to a UID's counters.
func (h *Handset) count(p *Process, c Counter) {
	set := 0
	if p.state == "top" || p.state == "fg" {
		set = 1
	}
	key := TrafficKey{p.UID, set, h.Clock.Now().Truncate(TrafficBucket).Unix()}
	if h.State.Traffic[key] == nil {
		h.State.Traffic[key] = &Counter{}
	}
	h.State.Traffic[key].Add(c)
}

// online counts what Android itself moves when it comes on a network, in every
// release: netd asks for names as root, and the system looks whether there is a way
// out. Kernels that have counted nothing do not exist.
func (h *Handset) online() {
	hour := h.Clock.Now().Truncate(TrafficBucket).Unix()
	h.State.Traffic[TrafficKey{0, 0, hour}] = &Counter{1480, 12, 912, 12}
	h.State.Traffic[TrafficKey{SystemUID, 0, hour}] = &Counter{2204, 9, 1131, 11}
}

// TrafficTotals sums the counters by UID and set; from is the earliest bucket.
func (s *State) TrafficTotals() ([]TrafficKey, map[TrafficKey]Counter) {
	sum := map[TrafficKey]Counter{}
	for k, c := range s.Traffic {
		k.Hour = 0
		t := sum[k]
		t.Add(*c)
		sum[k] = t
	}
	keys := make([]TrafficKey, 0, len(sum))
	for k := range sum {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b TrafficKey) int { return cmp.Or(a.UID-b.UID, a.Set-b.Set) })
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
