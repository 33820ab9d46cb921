// Options that shape commands: where they run, how many inputs they get, and what stands before their output.
#include "run_prun.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

using namespace prun::test;

TEST_CASE("a command runs in the folder that its input names") {
  const std::filesystem::path folder = std::filesystem::canonical(std::filesystem::temp_directory_path());
  CHECK(run({"--cwd", folder.string(), "pwd; true {}", ":::", "1"}).out == folder.string() + '\n');
  CHECK(run({"--cwd", "{//}", "pwd; true {}", ":::", folder.string() + "/x"}).out == folder.string() + '\n');
  CHECK(run({"--wd", "/{dir}", "--header", ":", "pwd", ":::", "dir", "", "etc"}).out == "/\n/etc\n");
  const Result missing = run({"--cwd", "/no/such", "true", ":::", "1"});
  CHECK(missing.status == 1);
  CHECK(missing.err.find("/no/such: No such file or directory") != std::string::npos);
  CHECK(run({"--cwd", "{%}", "true", ":::", "1"}).err.find("--cwd: {%} is not known there") != std::string::npos);
}

TEST_CASE("a tag can be any text with placeholders") {
  CHECK(run({"--tagstring", "{#}-{/}", "echo", ":::", "d/a", "b"}).out == "1-a\td/a\n2-b\tb\n");
  CHECK(run({"--lb", "-j1", "--tagstring", "<{1}>", "echo {}", ":::", "a", ":::", "b"}).out == "<a>\ta b\n");
  CHECK(run({"--tagstring", "{n}", "--header", ":", "echo", ":::", "n", "x"}).out == "x\tx\n");
  CHECK(run({"--tagstring", "{....}", "echo", ":::", "a"}).status == 2);
}

TEST_CASE("tags and failures have colours on request, and not in a pipe by themselves") {
  CHECK(run({"--color", "--tag", "echo", ":::", "a"}).out == "a\ta\n");
  CHECK(run({"--color=always", "--tag", "echo", ":::", "a"}).out == "\x1b[36ma\x1b[0m\ta\n");
  CHECK(run({"--color=always", "false", ":::", "a"}).err == "\x1b[31mfalse a: exit status 1\x1b[0m\n");
  CHECK(run({"--color=never", "--tag", "echo", ":::", "a"}).out == "a\ta\n");
}

TEST_CASE("inputs are spread over the workers") {
  CHECK(run({"-j3", "-n", "auto", "echo", ":::", "a", "b", "c", "d", "e", "f", "g"}).out == "a b c\nd e\nf g\n");
  CHECK(run({"-j2", "-n", "max", "echo"}, "1\n2\n3\n").out == "1 2\n3\n");
  CHECK(run({"-j2", "-m", "echo", ":::", "a", "b", "c"}).out == "a b\nc\n");
  CHECK(run({"-j1", "-n", "auto", "echo", ":::", "a", "b", "c"}).out == "a b c\n");
}

TEST_CASE("other words can begin lists of inputs") {
  const TemporaryFile list("x\ny\n", ".txt");
  CHECK(run({"--arg-sep", ",,", "echo", ",,", "a", "b"}).out == "a\nb\n");
  CHECK(run({"--arg-sep=,,", "-j1", "echo", ",,", "a", "b", ",,+", "c", "d"}).out == "a c\nb d\n");
  CHECK(run({"--arg-file-sep", "FILES", "echo", "FILES", list.path()}).out == "x\ny\n");
  CHECK(run({"-j1", "--arg-sep", ",,", "echo", ",,", "a", "b", "::::", list.path()}).out == "a x\na y\nb x\nb y\n");
  CHECK(run({"-j1", "--arg-file-sep", "//", "echo", ":::", "a", "//", list.path()}).out == "a x\na y\n");
  CHECK(run({"--arg-sep", ",,", "echo", ":::", "a"}).err.find("::: cannot be used together with --arg-sep; write ") !=
        std::string::npos);
}
