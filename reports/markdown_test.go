package reports

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// selfLinking is what GitHub makes a link or a mention of, said another way.
var selfLinking = regexp.MustCompile(`(?i)://|www\.|mailto:|xmpp:|@|\bGH-\d|\b[0-9a-f]{40}\b`)

func TestWordsThatLinkByThemselvesAreTold(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0aF9", 10)
	pieces := []string{"GH-", "gh-", "1", "www", "WWW.", ".", "mailto", "XMPP", ":", "//", "@", "-", "_", "x", "é", "\u212a", "|", "`", "*",
		hash, hash[:39], hash + "0", "_" + hash, hash + "_", hash + ".", "a", "g"}
	random := rand.New(rand.NewPCG(1, 2))
	linking := 0
	for range 200_000 {
		var word strings.Builder
		for range 1 + random.IntN(4) {
			word.WriteString(pieces[random.IntN(len(pieces))])
		}
		want := selfLinking.MatchString(word.String())
		if want {
			linking++
		}
		if !assert.Equal(t, want, linksItself(word.String()), "%q", word.String()) {
			return
		}
	}
	assert.Greater(t, linking, 10_000, "too few of the words link")
}

func TestMarkdownKeepsEachWordAndEachBlank(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                       "",
		"  a  b ":                "a  b",
		"a_b c@d e|f":            "a\\_b ` c@d ` e\\|f",
		"x@y|z":                  "` x@y `\\|` z `",
		"see https://a.test now": "see ` https://a.test ` now",
		"|@|":                    "\\|` @ `\\|",
	} {
		assert.Equal(t, want, markdown(text, 0), "%q", text)
	}
}

// BenchmarkMarkdown escapes cells as reports have them: most words link to nothing.
// Nanoseconds a byte do not grow with the length of a cell.
//
//	go test -run '^$' -bench 'Markdown$' -cpu 1 ./reports/
func BenchmarkMarkdown(b *testing.B) {
	for _, words := range []int{10, 100, 1000} {
		cell := strings.Repeat("com.example_app[1] used FINE_LOCATION in the background; ", words/7+1)
		b.Run(fmt.Sprintf("%d words", words), func(b *testing.B) {
			b.SetBytes(int64(len(cell)))
			b.ReportAllocs()
			for b.Loop() {
				markdown(cell, 0)
			}
		})
	}
}
