package virtual

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestToolboxDoesWhatScriptsAskOfIt(t *testing.T) {
	const lines = "b 2\na 10\nb 2\nc 1\n"
	for _, c := range []struct{ script, stdin, stdout string }{
		{"sort", lines, "a 10\nb 2\nb 2\nc 1\n"},
		{"sort -u", lines, "a 10\nb 2\nc 1\n"},
		{"sort -k2 -n", lines, "c 1\nb 2\nb 2\na 10\n"},
		{"sort -r | uniq -c", lines, "      1 c 1\n      2 b 2\n      1 a 10\n"},
		{"head -2", lines, "b 2\na 10\n"},
		{"head -n 1; true", lines, "b 2\n"},
		{"head -c 3", lines, "b 2"},
		{"tail -2", lines, "b 2\nc 1\n"},
		{"tail -n +3", lines, "b 2\nc 1\n"},
		{"tail -c 4", lines, "c 1\n"},
		{"tac", lines, "c 1\nb 2\na 10\nb 2\n"},
		{"wc", lines, "      4       8      17\n"},
		{"wc -l -c", lines, "      4      17\n"},
		{"cut -d' ' -f2", lines, "2\n10\n2\n1\n"},
		{"cut -c1", lines, "b\na\nb\nc\n"},
		{"tr a-z A-Z", lines, "B 2\nA 10\nB 2\nC 1\n"},
		{"tr -d '[:digit:] \\n'", lines, "babc"},
		{"tr -s b", "bbbac", "bac"},
		{"paste -s -d,", "a\nb\n", "a,b\n"},
		{"grep b", lines, "b 2\nb 2\n"},
		{"grep -c b; grep -v b", lines, "2\n"},
		{"grep -n '^a'", lines, "2:a 10\n"},
		{"grep -o '[0-9]*'", lines, "2\n10\n2\n1\n"},
		{"grep -E 'a|c'", lines, "a 10\nc 1\n"},
		{"grep 'a\\|c'", lines, "a 10\nc 1\n"},
		{"grep -F . || echo none", lines, "none\n"},
		{"grep -i -w B", lines, "b 2\nb 2\n"},
		{"grep -A1 a", lines, "a 10\nb 2\n"},
		{"grep -q c && echo yes", lines, "yes\n"},
		{"sed 's/ .*//'", lines, "b\na\nb\nc\n"},
		{"sed -n 2p", lines, "a 10\n"},
		{"sed -n '$p'", lines, "c 1\n"},
		{"sed -n '/a/,/b/p'", lines, "a 10\nb 2\n"},
		{"sed '2,$d'", lines, "b 2\n"},
		{"sed -E 's/([a-z]) ([0-9]+)/\\2\\1/g;s/b/[&]/'", lines, "2[b]\n10a\n2[b]\n1c\n"},
		{"sed 2q", lines, "b 2\na 10\n"},
		{"md5sum", "", "d41d8cd98f00b204e9800998ecf8427e  -\n"},
		{"sha256sum -b", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"},
		{"cksum", "123456789", "930766865 9\n"},
		{"base64", "hello", "aGVsbG8=\n"},
		{"base64 -d", "aGVsbG8=\n", "hello"},
		{"xxd -p", "az", "617a\n"},
		{"xxd", "hello", "00000000: 6865 6c6c 6f                             hello\n"},
		{"xxd -r -p", "617a", "az"},
		{"seq 3; seq 5 -2 1", "", "1\n2\n3\n5\n3\n1\n"},
		{"xargs echo x", "a b\nc", "x a b c\n"},
		{"xargs -n1 echo", "a b", "a\nb\n"},
		{"xargs -I{} echo '[{}]'", "a b\nc\n", "[a b]\n[c]\n"},
		{"expr 2 + 3; expr 7 '%' 4; expr 1 '>' 2", "", "5\n3\n0\n"},
		{"basename /a/b.txt .txt; dirname /a/b.txt", "", "b\n/a\n"},
		{"timeout 5 echo in time; timeout 1 sh -c 'exit 3'; echo $?", "", "in time\n3\n"},
		{"timeout 1 yes > /dev/null; echo $?", "", "124\n"},
		{"id -u; whoami; uname -m", "", "2000\nshell\naarch64\n"},
		{"date +%Y-%m-%dT%H:%M:%S%z", "", "2026-01-15T09:30:00+0530\n"},
		{"date -u; date +%j%%%s.%N", "", "Thu Jan 15 04:00:00 UTC 2026\n015%1768449600.000000000\n"},
		{"echo tee | tee /sdcard/t1 /sdcard/t2; cat /sdcard/t1 /sdcard/t2", "", "tee\ntee\ntee\n"},
		{"mkdir -p /sdcard/a/b && touch /sdcard/a/b/f && ls -R /sdcard/a", "", "/sdcard/a:\nb\n\n/sdcard/a/b:\nf\n"},
		{"cd /data/local/tmp; echo hi > x; cp x y; mv y z; ls; rm x z; ls", "", "x\nz\n"},
		{"cd /data/local/tmp; echo 'echo ran $1' > s.sh; chmod 755 s.sh; ./s.sh arg; sh s.sh other; rm s.sh", "", "ran arg\nran other\n"},
		{"cd /data/local/tmp; ln -s x l; readlink l; rm l; readlink -f /sdcard", "", "x\n/storage/emulated/0\n"},
		{"echo abc > /sdcard/st; stat -c '%n %s %F %a' /sdcard/st", "", "/sdcard/st 4 regular file 660\n"},
		{"cd /sdcard; mkdir -p f/g; touch f/1.txt f/g/2.txt; find f -name '*.txt'; find f -maxdepth 1 -type d", "", "f/1.txt\nf/g/2.txt\nf\nf/g\n"},
		{"dd if=/dev/zero bs=1k count=3 2>/dev/null | wc -c", "", "3072\n"},
		{"cmp /dev/null /dev/null && echo same", "", "same\n"},
		{"env -i A=1 printenv", "", "A=1\n"},
		{"toybox echo hi; which ls", "", "hi\n/system/bin/ls\n"},
		{"printf '%5.2f|%-4s|%x\\n' 3.14159 ab 255", "", " 3.14|ab  |ff\n"},
		{"print -n a; print b", "", "ab\n"},
		{"for f in /sdcard/D*; do echo $f; done", "", "/sdcard/DCIM\n/sdcard/Download\n"},
	} {
		got := execute(t, plainHandset(t, 33, "A1"), c.script, c.stdin)
		assert.Equal(t, c.stdout, got.stdout, "%s: %s", c.script, got.stderr)
	}
}

func TestToolboxRefusesInToyboxsWords(t *testing.T) {
	for script, stderr := range map[string]string{
		"cat -Z":                       "cat: Unknown option 'Z' (see \"cat --help\")\n",
		"mkdir /system/x":              "mkdir: /system/x: Read-only file system\n",
		"mkdir /sdcard":                "mkdir: /sdcard: File exists\n",
		"rm /nope":                     "rm: /nope: No such file or directory\n",
		"rm /sdcard/DCIM":              "rm: /sdcard/DCIM: Is a directory\n",
		"rmdir /sdcard/Android":        "rmdir: /sdcard/Android: Directory not empty\n",
		"cp /sdcard /data/local/tmp":   "cp: /sdcard: Skipped dir '/sdcard'\n",
		"touch /sdcard/x/y":            "touch: /sdcard/x/y: No such file or directory\n",
		"kill 999999":                  "kill: 999999: No such process\n",
		"kill 1":                       "kill: 1: Operation not permitted\n",
		"ls /nope":                     "ls: /nope: No such file or directory\n",
		"date 010100002026":            "date: cannot set date: Operation not permitted\n",
		"echo x > /dev/full":           "echo: write error: No space left on device\n",
		"ln -s x /sdcard/l":            "ln: cannot create symlink from 'x' to '/sdcard/l': Permission denied\n",
		"mv /sdcard/DCIM /sdcard/DCIM": "mv: /sdcard/DCIM: Invalid argument\n",
		"grep '['":                     "grep: bad REGEX '['\n",
		"timeout 1 nosuch":             "timeout: exec nosuch: No such file or directory\n",
	} {
		got := execute(t, plainHandset(t, 33, "A1"), script, "")
		assert.Equal(t, stderr, got.stderr, script)
		assert.NotZero(t, got.exit, script)
	}
}

func TestLongListingIsToyboxs(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	got := execute(t, h, "cd /data/local/tmp; echo hello > f; mkdir d; ln -s f l; ls -l; ls -ld /data/local/tmp/; df -h /sdcard | tail -1", "")
	rows := strings.Split(got.stdout, "\n")
	assert.Regexp(t, `^total \d+$`, rows[0])
	assert.Equal(t, "drwxrwxrwx 2 shell shell 4096 2026-01-15 09:30 d", rows[1])
	assert.Equal(t, "-rw-rw-rw- 1 shell shell    6 2026-01-15 09:30 f", rows[2])
	assert.Equal(t, "lrwxrwxrwx 1 shell shell    1 2026-01-15 09:30 l -> f", rows[3])
	assert.Regexp(t, `^drwxrwx--x 2 shell shell 4096 2009-01-01 05:30 /data/local/tmp/$`, rows[4])
	assert.Regexp(t, `^/data/media +54G +17G +37G +\d+% /storage/emulated$`, rows[5])
}
