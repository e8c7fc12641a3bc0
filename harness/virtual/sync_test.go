package virtual

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/wire"
)

func syncRequest(id, name string) []byte {
	return append(append([]byte(id), wire.Words(uint32(len(name)))...), name...)
}

// synced opens a sync stream.
func synced(t testing.TB, addr string) *wireClient {
	t.Helper()
	c := over(t, addr, "A1", "sync:")
	require.Equal(t, "OKAY", c.status())
	return c
}

func (c *wireClient) bytes(n int) []byte {
	c.t.Helper()
	b := make([]byte, n)
	_, err := io.ReadFull(c, b)
	require.NoError(c.t, err)
	return b
}

func (c *wireClient) put(p ...[]byte) {
	c.t.Helper()
	for _, b := range p {
		_, err := c.Write(b)
		require.NoError(c.t, err)
	}
}

func (c *wireClient) failure() string {
	c.t.Helper()
	require.Equal(c.t, "FAIL", c.status())
	return string(c.bytes(int(binary.LittleEndian.Uint32(c.bytes(4)))))
}

func TestSyncPushesAndPullsALargeFile(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	c := synced(t, served(t, NewFarm(h)))
	const size = 24<<20 + 12345
	source := io.LimitReader(rand.NewChaCha8([32]byte{1}), size)
	want := sha256.New()
	c.put(syncRequest("SEND", "/sdcard/new/dir/big.bin,33188"))
	piece := make([]byte, mostOfAPiece)
	for {
		n, err := io.ReadFull(source, piece)
		if n == 0 {
			break
		}
		want.Write(piece[:n])
		c.put([]byte("DATA"), wire.Words(uint32(n)), piece[:n])
		if err != nil {
			break
		}
	}
	c.put([]byte("DONE"), wire.Words(1700000000))
	require.Equal(t, "OKAY\x00\x00\x00\x00", string(c.bytes(8)))

	c.put(syncRequest("STAT", "/sdcard/new/dir/big.bin"))
	answer := c.bytes(16)
	assert.Equal(t, uint32(disk.ModeRegular|0o666), binary.LittleEndian.Uint32(answer[4:]), "the owner's bits count for all")
	assert.Equal(t, uint32(size), binary.LittleEndian.Uint32(answer[8:]))
	assert.Equal(t, uint32(1700000000), binary.LittleEndian.Uint32(answer[12:]))

	c.put(syncRequest("RECV", "/sdcard/new/dir/big.bin"))
	got, total := sha256.New(), 0
	for {
		id := c.status()
		n := int(binary.LittleEndian.Uint32(c.bytes(4)))
		if id == "DONE" {
			break
		}
		require.Equal(t, "DATA", id)
		require.LessOrEqual(t, n, mostOfAPiece)
		got.Write(c.bytes(n))
		total += n
	}
	assert.Equal(t, size, total)
	assert.Equal(t, want.Sum(nil), got.Sum(nil))
	c.put(syncRequest("QUIT", ""))
	assert.Empty(t, must(io.ReadAll(c)))
}

func TestSyncListsAndStats(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	require.NoError(t, h.Disk().WriteFile("/data/local/tmp/x", []byte("12345")))
	c := synced(t, served(t, NewFarm(h)))
	c.put(syncRequest("LIST", "/data/local/tmp"))
	var names []string
	for {
		id := c.status()
		entry := c.bytes(16)
		if id == "DONE" {
			assert.Equal(t, make([]byte, 16), entry)
			break
		}
		names = append(names, string(c.bytes(int(binary.LittleEndian.Uint32(entry[12:])))))
	}
	assert.Equal(t, []string{".", "..", "x"}, names)
	c.put(syncRequest("LIS2", "/data/local/tmp"))
	for range 3 {
		require.Equal(t, "DNT2", c.status())
		entry := c.bytes(72)
		c.bytes(int(binary.LittleEndian.Uint32(entry[68:])))
	}
	require.Equal(t, "DONE", c.status())
	assert.Equal(t, make([]byte, 72), c.bytes(72))
	c.put(syncRequest("LIST", "/nope"))
	assert.Equal(t, append([]byte("DONE"), make([]byte, 16)...), c.bytes(20))
	c.put(syncRequest("STAT", "/nope"))
	assert.Equal(t, append([]byte("STAT"), make([]byte, 12)...), c.bytes(16))
	c.put(syncRequest("STA2", "/sdcard"))
	answer := c.bytes(72)
	assert.Equal(t, uint32(disk.ModeDir), binary.LittleEndian.Uint32(answer[24:])&disk.ModeKind, "STA2 follows links")
	c.put(syncRequest("LST2", "/sdcard"))
	answer = c.bytes(72)
	assert.Equal(t, "LST2", string(answer[:4]))
	assert.Equal(t, uint32(disk.ModeLink), binary.LittleEndian.Uint32(answer[24:])&disk.ModeKind, "LST2 does not")
	c.put(syncRequest("STA2", "/nope"))
	assert.Equal(t, uint32(disk.ENOENT), binary.LittleEndian.Uint32(c.bytes(72)[4:]))
}

func TestSyncRefusesInAdbdsWords(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "A1")))
	c := synced(t, addr)
	c.put(syncRequest("RECV", "/nope"))
	assert.Equal(t, "open failed: No such file or directory", c.failure())
	c.put(syncRequest("RECV", "/data/local/tmp"))
	assert.Equal(t, "open failed: Is a directory", c.failure())
	c.put(syncRequest("SEND", "/system/x,33188"), []byte("DATA"), wire.Words(3), []byte("abc"), []byte("DONE"), wire.Words(1))
	assert.Equal(t, "couldn't create file: Read-only file system", c.failure())
	c.put(syncRequest("STAT", "/sdcard")) // the stream goes on after a refusal
	assert.Equal(t, "STAT", c.status())
	c.bytes(12)
	c.put(syncRequest("STAT", strings.Repeat("x", 2000)))
	assert.Equal(t, "path too long", c.failure())
	c = synced(t, addr)
	c.put(syncRequest("NOPE", "x"))
	assert.Contains(t, c.failure(), "unknown command")
	c = synced(t, addr)
	c.put(syncRequest("SEND", "/sdcard/x,33188"), []byte("DATA"), wire.Words(mostOfAPiece+1))
	assert.Equal(t, "oversize data message", c.failure())
}

// mostOfAPiece is the longest DATA, in bytes.
const mostOfAPiece = 64 << 10
