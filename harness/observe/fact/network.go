package fact

import (
	"net/netip"

	"assay/harness/android"
)

// Socket is one line of /proc/net/{tcp,tcp6,udp,udp6}.
type Socket struct {
	Protocol string         `json:"protocol"` // tcp, tcp6, udp, udp6
	Local    netip.AddrPort `json:"local"`
	Remote   netip.AddrPort `json:"remote"` // v4-mapped addresses are unmapped
	State    string         `json:"state"`  // ESTABLISHED, LISTEN …
	UID      android.UID    `json:"uid"`
	Inode    uint64         `json:"inode"`
	At       int64          `json:"at,omitempty"` // of the sample: seconds since the epoch by the handset's clock; 0 where it is not said
}

func (Socket) Kind() string { return "socket" }

// SocketLook is one look at one of the kernel's socket tables, also where the table was empty.
// Looks are taken at intervals: a connection that was opened and closed between two of them is in
// none.
type SocketLook struct {
	Protocol string `json:"protocol"` // tcp, tcp6, udp, udp6
	At       int64  `json:"at"`       // seconds since the epoch by the handset's clock
}

func (SocketLook) Kind() string { return "socket-look" }

// Bytes is a traffic counter of a UID.
type Bytes struct {
	UID       android.UID `json:"uid"`
	Set       string      `json:"set,omitempty"` // FOREGROUND, DEFAULT (background); empty where not told apart
	Tag       uint32      `json:"tag,omitempty"`
	RxBytes   int64       `json:"rxBytes"`
	RxPackets int64       `json:"rxPackets"`
	TxBytes   int64       `json:"txBytes"`
	TxPackets int64       `json:"txPackets"`
	Iface     string      `json:"iface,omitempty"` // empty where all are counted together
	Start     int64       `json:"start,omitempty"` // of the bucket, seconds since the epoch; 0 for a live counter
}

func (Bytes) Kind() string { return "bytes" }

// Network is a network that the handset is on. Its name, addresses and access
// point are never part of it.
type Network struct {
	ID               string   `json:"id"`
	Type             string   `json:"type"`                 // WIFI, MOBILE, Ethernet, VPN …
	PrivateDNS       string   `json:"privateDns,omitempty"` // true, false; empty up to Android 8
	PrivateDNSServer string   `json:"privateDnsServer,omitempty"`
	Capabilities     []string `json:"capabilities,omitempty"` // VALIDATED, NOT_METERED, NOT_VPN …
}

func (Network) Kind() string { return "network" }

// NetworkRequest is an app's request for a network, or to be told of networks: one that stands
// when dumped, or an entry of the log.
type NetworkRequest struct {
	Event        string          `json:"event,omitempty"` // of the log: REGISTER, RELEASE
	Local        string          `json:"time,omitempty"`  // of the log: handset's local time as printed
	Type         string          `json:"type"`            // REQUEST, LISTEN, TRACK_DEFAULT, BACKGROUND_REQUEST …
	ID           int             `json:"id"`
	UID          android.UID     `json:"uid"`
	PID          int             `json:"pid"`
	AsUID        android.UID     `json:"asUid"`             // for whom the system asked; NoUID for none
	Package      android.Package `json:"package,omitempty"` // from Android 11
	Transports   []string        `json:"transports,omitempty"`
	Capabilities []string        `json:"capabilities,omitempty"`
}

func (NetworkRequest) Kind() string { return "network-request" }
