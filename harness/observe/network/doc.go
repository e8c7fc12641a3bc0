// Package network reads who was on the network, and how much each UID sent and received.
//
// [ProcNet] reads the kernel's tables of sockets, one look after another. [Netstats] and
// [Qtaguid] read counters of bytes by UID. [DumpsysConnectivity] reads which networks there
// are and who asked for one. None of them tells what was sent.
package network
