// Package adb is the wire to the handsets: a client of one adb server.
//
// gadb does what it does well: connect, forward, push. The rest are streams of
// our own over the server's smart-socket protocol, because the harness needs
// exit statuses, stderr apart, streaming, cancellation, device states, speed, and
// above all to know whether a reply came whole. gadb is reached through a relay
// inside this process, which gives it a context, a limit on silence and a handset
// addressed without doubt.
//
// Every call takes a context, and cancelling it closes the socket at once.
// Four limits of time are kept apart: dial, handshake, silence (no byte either
// way for so long) and total. A reply that was cut off is a *TransportLost,
// never a success.
//
// Protocol: packages/modules/adb (formerly system/core/adb), OVERVIEW.TXT,
// SERVICES.TXT, SYNC.TXT and shell_protocol.h; what a server enforces was tried
// with adb 29.0.6.
package adb
