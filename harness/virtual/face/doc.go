// Package face shows virtual handsets to a computer, as adb sees them.
//
// There are two faces. Serve is an adb server for a Farm, the handsets that are plugged
// in: clients reach it as they reach Google's. ServeDevice is the adbd of one handset on
// a port of its own, which a real adb server joins with adb connect. Both run the same
// services: shell, exec, sync, reverse, framebuffer and the rest of adbd's.
//
// A face knows a handset as an interface, Handset: who it is, what it runs, its files and
// its faults. Of its state it sees nothing.
package face
