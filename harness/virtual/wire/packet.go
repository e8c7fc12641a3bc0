package wire

// Packets of shell v2 (adb, shell_protocol.h).
const (
	PacketStdin = iota
	PacketStdout
	PacketStderr
	PacketExit
	PacketCloseStdin
)

// LongestPacket is what adbd puts into one packet at most.
const LongestPacket = 32 << 10
