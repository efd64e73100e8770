// Judges a published log by the Go project's own implementation (sumdb/note, sumdb/tlog), which shares no line with ours.
//
// tlog FOLDER KEY < request > answer
//
// FOLDER holds `checkpoint` and the tiles of C2SP tlog-tiles below `tile/`. The request is JSON: inclusion proofs
// (index, size, leaf, hashes) and consistency proofs (old, size, hashes), hashes in hexadecimal. Exit status 1 and the
// reason where anything does not hold.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index, Size int64
	Leaf        string
	Hashes      []string
}

type consistency struct {
	Old, Size int64
	Hashes    []string
}

type request struct {
	Inclusion   []inclusion
	Consistency []consistency
}

// tiles reads tiles by our paths, which are those of C2SP: as Go's, without the height.
type tiles struct{ folder string }

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func hashes(texts []string) []tlog.Hash {
	var made []tlog.Hash
	for _, text := range texts {
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != tlog.HashSize {
			log.Fatalf("%q is no hash", text)
		}
		made = append(made, tlog.Hash(raw))
	}
	return made
}

func must(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func same(what string, ours, theirs []tlog.Hash) {
	if len(ours) != len(theirs) {
		log.Fatalf("%s: %d hashes, Go makes %d", what, len(ours), len(theirs))
	}
	for n := range ours {
		if ours[n] != theirs[n] {
			log.Fatalf("%s: hash %d differs from Go's", what, n)
		}
	}
}

func main() {
	log.SetFlags(0)
	folder, key := os.Args[1], os.Args[2]
	var asked request
	must("request", json.NewDecoder(os.Stdin).Decode(&asked))
	verifier, err := note.NewVerifier(key)
	must("key", err)
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	must("checkpoint", err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must("signature", err)
	lines := strings.Split(opened.Text, "\n")
	var size int64
	_, err = fmt.Sscan(lines[1], &size)
	must("size", err)
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	must("root", err)
	tree := tlog.Tree{N: size, Hash: tlog.Hash(raw)}
	// every tile that is read through this reader is checked against the signed root
	reader := tlog.TileHashReader(tree, tiles{folder})
	root, err := tlog.TreeHash(size, reader)
	must("tiles", err)
	if !bytes.Equal(root[:], tree.Hash[:]) {
		log.Fatal("the tiles do not make the signed root")
	}
	for _, one := range asked.Inclusion {
		leaf, err := base64.StdEncoding.DecodeString(one.Leaf)
		must("leaf", err)
		theirs, err := tlog.ProveRecord(one.Size, one.Index, reader)
		must("prove", err)
		what := fmt.Sprintf("entry %d of %d", one.Index, one.Size)
		ours := hashes(one.Hashes)
		same(what, ours, theirs)
		must(what, tlog.CheckRecord(ours, tree.N, tree.Hash, one.Index, tlog.RecordHash(leaf)))
	}
	for _, one := range asked.Consistency {
		old, err := tlog.TreeHash(one.Old, reader)
		must("old root", err)
		theirs, err := tlog.ProveTree(one.Size, one.Old, reader)
		must("prove", err)
		what := fmt.Sprintf("%d grown to %d", one.Old, one.Size)
		ours := hashes(one.Hashes)
		same(what, ours, theirs)
		must(what, tlog.CheckTree(ours, tree.N, tree.Hash, one.Old, old))
	}
	fmt.Printf("%s: %d entries, %d inclusions, %d consistencies\n", opened.Sigs[0].Name, size, len(asked.Inclusion), len(asked.Consistency))
}
