package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/lab"
)

// notified has a command be told of handsets, and of the run's end.
func notified(t *testing.T, command string, err error, set func(*notifier), hands ...lab.Hand) (log string) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh here")
	}
	var said bytes.Buffer
	a := &app{log: slog.New(slog.NewTextHandler(&said, nil)), out: io.Discard, err: io.Discard}
	n := newNotifier(command, t.TempDir())
	if set != nil {
		set(n)
	}
	for _, h := range hands {
		n.hand(h)
	}
	assert.Equal(t, err, n.ended(a, lab.Summary{Handsets: 2, Unusable: 1}, err), "what becomes of a notice decides nothing")
	return said.String()
}

func TestACommandOfTheLabIsToldOfHandsetsOnceAReasonAndOfTheEnd(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notices")
	h := lab.Hand{Key: "A1", Brand: "Xiaomi", Model: "Redmi", State: "refused",
		Cause: "adb's shell is refused INJECT_EVENTS", Remedy: "switch it on"}
	other := h
	other.Cause = "offline"
	words := `"$ASSAY_NOTIFY_EVENT|$ASSAY_NOTIFY_STATUS|$ASSAY_NOTIFY_SERIAL|$ASSAY_NOTIFY_REMEDY|$ASSAY_NOTIFY_SUMMARY"`
	log := notified(t, "cat >> "+file+"; echo "+words+" >> "+file,
		&status{exitInfra, errors.New("paused:\nno room")}, nil, h, h, other, h)
	assert.Empty(t, log)
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	require.Len(t, lines, 6, string(raw))
	var first, last notice
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &first))
	assert.Equal(t, "handset", first.Event)
	assert.Equal(t, &noticeHandset{"Xiaomi", "Redmi", "A1", "refused", h.Cause, "switch it on"}, first.Handset)
	assert.Equal(t, "handset||A1|switch it on|Xiaomi Redmi (A1) needs a hand: refused", lines[1])
	require.NoError(t, json.Unmarshal([]byte(lines[4]), &last))
	assert.Equal(t, &noticeEnd{exitInfra, "infrastructure failed", "paused:; no room", 2, 1, 0}, last.Ended)
	assert.Regexp(t, `^run-ended\|5\|\|\|run .* ended with status 5: infrastructure failed$`, lines[5])
}

// TestNothingThatAHandsetSaysIsACommand gives a handset every word by which a shell, a
// terminal or an environment could be driven.
func TestNothingThatAHandsetSaysIsACommand(t *testing.T) {
	dir := t.TempDir()
	pwned, file := filepath.Join(dir, "pwned"), filepath.Join(dir, "env")
	evil := strings.ReplaceAll("$(touch PWNED) `touch PWNED` '; touch PWNED; '\"\n", "PWNED", pwned) +
		"ASSAY_NOTIFY_EVENT=x\x00\x1b[2J\u202e" + strings.Repeat("é", 5000)
	log := notified(t, "cat >/dev/null; env | grep ^ASSAY_NOTIFY >> "+file, nil, nil,
		lab.Hand{Key: evil, Brand: evil, Model: evil, State: evil, Cause: evil, Remedy: evil})
	assert.Empty(t, log)
	assert.NoFileExists(t, pwned)
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	assert.Len(t, lines, 20, "ten words, of a handset and of the end")
	for _, l := range lines {
		assert.True(t, strings.HasPrefix(l, "ASSAY_NOTIFY_"), "%.80q", l)
		assert.LessOrEqual(t, len([]rune(l)), mostWord+len("ASSAY_NOTIFY_SUMMARY="))
		assert.NotContains(t, l, "\x1b")
		assert.NotContains(t, l, "\u202e")
	}
}

func TestTheFlagItselfIsNotHandedOn(t *testing.T) {
	about := notice{Event: "run-ended", Ended: &noticeEnd{}}
	env := about.environment([]string{"HOME=/x", "ASSAY_NOTIFY=mail lab", "ASSAY_NOTIFY_EVENT=old"})
	assert.Contains(t, env, "HOME=/x")
	assert.NotContains(t, env, "ASSAY_NOTIFY=mail lab")
	assert.NotContains(t, env, "ASSAY_NOTIFY_EVENT=old")
	assert.Contains(t, env, "ASSAY_NOTIFY_EVENT=run-ended")
}

func TestACommandThatFailsIsTold(t *testing.T) {
	log := notified(t, "echo no such mailbox >&2; exit 7", nil, nil)
	assert.Contains(t, log, "status 0")
	assert.Contains(t, log, "exit status 7: no such mailbox")
	assert.Contains(t, notified(t, "no-such-program-anywhere", nil, nil), "127")
}

func TestACommandThatHangsEndsWithAllThatItStarted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "late")
	var hands []lab.Hand
	for i := range 40 {
		hands = append(hands, lab.Hand{Key: fmt.Sprint(i)})
	}
	hasty := func(n *notifier) { n.each, n.rest = 50*time.Millisecond, time.Millisecond }
	log := notified(t, "(sleep 600; touch "+file+") & sleep 600", nil, hasty, hands...)
	assert.Contains(t, log, "it had not ended within 50ms")
	assert.Regexp(t, `\d+ notices of handsets were not sent`, log)
	assert.Contains(t, log, "ended with status 0", "the run's end is told of all the same")
	assert.NoFileExists(t, file)
}

func TestWhatACommandLeavesInTheBackgroundIsNotWaitedFor(t *testing.T) {
	assert.Empty(t, notified(t, "sleep 5 & exit 0", nil, nil))
}

func TestEveryExitStatusHasItsMeaning(t *testing.T) {
	for _, code := range []int{exitOK, exitFlagged, exitUsage, exitNothing, exitIncomplete, exitInfra, exitInterrupted} {
		assert.NotEmpty(t, means[code], code)
		assert.Equal(t, code, exitStatus(&status{code: code}))
	}
	assert.Equal(t, exitOK, exitStatus(nil))
	assert.Equal(t, exitUsage, exitStatus(errors.New("unknown flag")))
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	assert.True(t, slices.Contains(strings.Split(string(readme), "\n"), "| 0 | "+means[exitOK]+" |"))
}
