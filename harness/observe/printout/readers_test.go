package printout

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestWordsArePartedBySpacesAndTabs(t *testing.T) {
	t.Parallel()
	word, rest := Word([]byte(" \tuid 10081"))
	assert.Equal(t, "uid", string(word))
	assert.Equal(t, " 10081", string(rest))
	word, rest = Word([]byte("  "))
	assert.Empty(t, word)
	assert.Empty(t, rest)
	var words []string
	var offsets []int
	for at, w := range Words([]byte(" a\tbc  d")) {
		words, offsets = append(words, string(w)), append(offsets, at)
	}
	assert.Equal(t, []string{"a", "bc", "d"}, words)
	assert.Equal(t, []int{1, 3, 7}, offsets)
	assert.Equal(t, []int{0, 2, 3}, []int{Indent([]byte("a")), Indent([]byte("  a")), Indent([]byte("   "))})
	assert.Equal(t, " a", string(TrimPadding([]byte(" a  "))))
	assert.True(t, HasAnyPrefix([]byte("mEnabled=true"), []string{"fused=", "mEnabled="}))
	assert.False(t, HasAnyPrefix([]byte("mEnabled"), []string{"fused=", "mEnabled="}))
}

func TestTextBetweenTwoMarksNeedsBoth(t *testing.T) {
	t.Parallel()
	inner, ok := Between([]byte("Intent { cmp=a/.B } }"), "{ ", " }")
	assert.True(t, ok)
	assert.Equal(t, "cmp=a/.B", string(inner))
	_, ok = Between([]byte("Intent { cmp=a/.B"), "{ ", " }")
	assert.False(t, ok)
	_, ok = Between([]byte("cmp=a/.B }"), "{ ", " }")
	assert.False(t, ok)
}

func TestNamesAreOfAndroidsCharacters(t *testing.T) {
	t.Parallel()
	for word, is := range map[string]bool{
		"com.example_2-b": true, "": false, "a b": false, "a/b": false, strings.Repeat("a", LongestName): true, strings.Repeat("a", LongestName+1): false,
	} {
		assert.Equal(t, is, IsName([]byte(word)), word)
	}
	assert.True(t, ConsistsOf([]byte("00ff"), "0123456789abcdef"))
	assert.False(t, ConsistsOf([]byte("00fg"), "0123456789abcdef"))
	assert.Equal(t, "com.example", string(PackageOf([]byte("com.example/.Main"))))
}

func TestAValueIsThatOfTheWholeKey(t *testing.T) {
	t.Parallel()
	line := []byte(`minUid=1 uid=10081 tag="two words" label=a b c next=x open="never`)
	for key, want := range map[string]string{"uid": "10081", "minUid": "1", "tag": `"two`} {
		value, ok := Value(line, key)
		assert.True(t, ok, key)
		assert.Equal(t, want, string(value), key)
	}
	_, ok := Value(line, "Uid")
	assert.False(t, ok, "minUid= has another key")
	value, ok := QuotedValue(line, "tag")
	assert.True(t, ok)
	assert.Equal(t, "two words", string(value))
	value, ok = QuotedValue(line, "uid")
	assert.True(t, ok)
	assert.Equal(t, "10081", string(value))
	_, ok = QuotedValue(line, "open")
	assert.False(t, ok, "the quote is not closed")
	value, ok = SpacedValue(line, "label")
	assert.True(t, ok)
	assert.Equal(t, "a b c", string(value))
	value, ok = AfterKey(line, "next")
	assert.True(t, ok)
	assert.Equal(t, `x open="never`, string(value))
	_, ok = AfterKey(line, "none")
	assert.False(t, ok)
	assert.Equal(t, 1500*time.Millisecond, DurationValue([]byte("createTime=+1s500ms x"), "createTime"))
	assert.Zero(t, DurationValue([]byte("createTime=soon"), "createTime"))
}

func TestWhatIsNoNumberIsNotReadAsZero(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"0": 0, "10081": 10081, "999999999999999999": 999999999999999999} {
		n, ok := Number([]byte(text))
		assert.True(t, ok, text)
		assert.Equal(t, want, n)
	}
	for _, text := range []string{"", "-1", "+1", "1a", "0x1", "9999999999999999999", "١"} {
		_, ok := Number([]byte(text))
		assert.False(t, ok, text)
		assert.False(t, IsNumber([]byte(text)), text)
	}
	n, ok := Integer([]byte("-12"))
	assert.True(t, ok)
	assert.Equal(t, -12, n)
	_, ok = Integer([]byte("--12"))
	assert.False(t, ok)
	n, end := DigitsAt([]byte("pid 1234 x"), 4)
	assert.Equal(t, []int{1234, 8}, []int{n, end})
	n, end = DigitsAt([]byte("pid 12345678901 x"), 4)
	assert.Equal(t, []int{0, 4}, []int{n, end}, "no log has so many digits")
}

func TestDurationsAreReadAsTimeUtilsPrintsThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"0": 0, "+829ms": 829 * time.Millisecond, "-12h51m47s829ms": -(12*time.Hour + 51*time.Minute + 47*time.Second + 829*time.Millisecond), "+1d2h": 26 * time.Hour,
	} {
		d, ok := Duration([]byte(text))
		assert.True(t, ok, text)
		assert.Equal(t, want, d, text)
	}
	for _, text := range []string{"", "1s", "+", "+1", "+s", "+1x", "+1s2", "+999999999d999999999d999999999d", "soon"} {
		_, ok := Duration([]byte(text))
		assert.False(t, ok, text)
	}
	local, ok := LocalTime([]byte("2026-09-01 10:11:12.345 +0200"))
	assert.True(t, ok)
	assert.Equal(t, "2026-09-01 10:11:12", local)
	for _, text := range []string{"", "2026-09-01", "2026-13-01 10:11:12", "26-09-01 10:11:12 x"} {
		_, ok := LocalTime([]byte(text))
		assert.False(t, ok, text)
	}
}

func TestNamesShareOneStringAWordAndForgetOfALot(t *testing.T) {
	var names Names
	long := strings.Repeat("x", LongestName+1)
	assert.Equal(t, long, names.Of([]byte(long)))
	assert.Empty(t, names.Of(nil))
	word := []byte("com.example")
	first := names.Of(word)
	assert.Equal(t, "com.example", first)
	assert.Zero(t, testing.AllocsPerRun(10, func() { names.Of(word) }))
	for i := range 100_000 {
		n := time.Duration(i).String()
		assert.Equal(t, n, names.Of([]byte(n)))
	}
	assert.LessOrEqual(t, len(names.kept), mostNames)
	assert.Greater(t, len(names.kept), fewNames)
}

func TestListsOfFlagsAreSplitOnce(t *testing.T) {
	var names Names
	var said Recent[[]string]
	assert.Equal(t, []string{"SYSTEM", "HAS_CODE"}, names.Flags([]byte(" SYSTEM HAS_CODE "), &said))
	assert.Equal(t, []string{"A", "B"}, names.Flags([]byte("A|B"), &said))
	assert.Empty(t, names.Flags([]byte(" "), &said))
	assert.Zero(t, testing.AllocsPerRun(10, func() { names.Flags([]byte(" SYSTEM HAS_CODE "), &said) }))
	for i := range 2 * mostSplits {
		names.Flags([]byte(time.Duration(i).String()), &said)
	}
	assert.LessOrEqual(t, len(names.splits), mostSplits)
}

func TestRecentRowsAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	table := map[string]int{"": -1}
	for i := range 2000 {
		table[time.Duration(i*i).String()] = i
	}
	var recent Recent[int]
	for range 2 {
		for word, want := range table {
			row, ok := recent.Find([]byte(word), table)
			assert.True(t, ok)
			assert.Equal(t, want, row, word)
		}
	}
	_, ok := recent.Find([]byte("no such word"), table)
	assert.False(t, ok)
}

func TestTextsStayAsTheyWere(t *testing.T) {
	t.Parallel()
	var texts Texts
	var made, want []string
	for i := range 3000 {
		want = append(want, time.Duration(i*math.MaxInt16).String())
		made = append(made, texts.Of([]byte(want[i])))
	}
	assert.Equal(t, want, made)
	assert.LessOrEqual(t, texts.block.Cap(), 2*textBlock, "a block is not grown")
	long := strings.Repeat("x", 3*textBlock)
	assert.Equal(t, long, texts.Of([]byte(long)))
}
