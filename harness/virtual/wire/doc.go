// Package wire is adb's two protocols in bytes, as a handset's faces speak them.
//
// Between an adb server and a handset's adbd go Messages: ReadMessage reads one, and Head
// is what goes before its data. Between a client and the adb server go requests and
// answers of the smart socket: ReadRequest, WriteOkay, WriteText, WriteFail. What a shell
// of version 2 sends is in Packets (PacketStdout and its like). Nothing here knows a
// handset, nor shares a word with the harness's own client.
package wire
