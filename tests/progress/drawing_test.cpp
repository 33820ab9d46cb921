// Lines at the end of a terminal that others write to as well.
#include "progress/drawing.hpp"

#include "progress/fake_screen_support.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>

using namespace prun;
using prun::test::FakeScreen;
using Lines = std::vector<std::string>;

namespace {

struct Desk {
  void draw(const Lines& lines) { drawing.draw(lines, screen.size(), {}); }
  /// As an output does that shares the terminal.
  void result(std::string_view text) {
    REQUIRE(drawing.make_way());
    screen.text.print(text);
    drawing.wrote(text.back());
  }
  FakeScreen screen;
  Drawing drawing{screen};
};

/// A drawing on a terminal that another process writes to as well: what that writes goes through a pipe to the screen.
struct SharedDesk {
  SharedDesk() = default;
  SharedDesk(const SharedDesk&) = delete;
  SharedDesk& operator=(const SharedDesk&) = delete;
  ~SharedDesk() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  void draw(const Lines& lines) { drawing.draw(lines, screen.size(), {}); }
  void arrive() {
    std::array<char, 256> bytes{};
    const ssize_t got = ::read(ends[0], bytes.data(), bytes.size());
    if (got > 0) screen.text.print({bytes.data(), static_cast<std::size_t>(got)});
  }
  void other_writes(std::string_view text) {
    const sys::SharedTerminal::Writing writing(&terminal, ends[1]);
    draw({"in between"});  // nobody draws now
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    arrive();
  }
  static std::array<int, 2> made_pipe() {
    std::array<int, 2> made{};
    REQUIRE(::pipe2(made.data(), O_NONBLOCK) == 0);
    return made;
  }
  std::array<int, 2> ends = made_pipe();
  FakeScreen screen;
  sys::SharedTerminal terminal{ends[1]};
  Drawing drawing{screen, &terminal};
};

}  // namespace

TEST_CASE("a frame replaces the one before") {
  Desk desk;
  desk.draw({"a long bar", "row 1", "row 2"});
  CHECK(desk.screen.seen() == Lines{"a long bar", "row 1", "row 2"});
  desk.draw({"bar", "row"});
  CHECK(desk.screen.seen() == Lines{"bar", "row"});
  desk.draw({"bar"});
  CHECK(desk.screen.seen() == Lines{"bar"});
  desk.drawing.clear();
  CHECK(desk.screen.seen().empty());
  CHECK(desk.screen.text.strange().empty());
}

TEST_CASE("a frame is one write, and the same frame none") {
  Desk desk;
  desk.draw({"bar", "row"});
  CHECK(desk.screen.writes == 1);
  desk.draw({"bar", "row"});
  CHECK(desk.screen.writes == 1);
  desk.screen.window.columns = 40;  // the terminal may have changed what it shows
  desk.draw({"bar", "row"});
  CHECK(desk.screen.writes == 2);
}

TEST_CASE("results are above the bar") {
  Desk desk;
  desk.draw({"bar", "row"});
  desk.result("result 1\n");
  desk.draw({"bar", "row"});
  desk.result("result 2\n");
  desk.draw({"bar", "row"});
  CHECK(desk.screen.seen() == Lines{"result 1", "result 2", "bar", "row"});
}

TEST_CASE("nothing is drawn after an incomplete line") {
  Desk desk;
  desk.result("half");
  desk.draw({"bar"});
  CHECK(desk.screen.seen() == Lines{"half"});
  desk.result(" a line\n");
  desk.draw({"bar"});
  CHECK(desk.screen.seen() == Lines{"half a line", "bar"});
}

TEST_CASE("whole lines that another program writes are not lost") {
  Desk desk;
  desk.draw({"bar", "row 1", "row 2"});
  desk.screen.text.print("foreign\n");
  desk.draw({"bar", "row 1", "row 2"});
  desk.draw({"bar!", "row 1", "row 2"});
  CHECK(desk.screen.seen() == Lines{"foreign", "bar!", "row 1", "row 2"});
}

TEST_CASE("a terminal that accepts nothing gets no result before the drawing is cleared") {
  Desk desk;
  desk.draw({"bar"});
  desk.screen.stopped = true;
  CHECK_FALSE(desk.drawing.make_way());
  desk.screen.stopped = false;
  CHECK(desk.drawing.make_way());
  CHECK(desk.screen.seen().empty());
}

TEST_CASE("nothing is drawn from the background") {
  Desk desk;
  desk.screen.foreground = false;
  desk.draw({"bar"});
  CHECK(desk.screen.writes == 0);
}

TEST_CASE("another process clears the drawing before it writes lines") {
  SharedDesk desk;
  desk.draw({"bar", "row"});
  desk.other_writes("line\n");
  CHECK(desk.screen.seen() == Lines{"line"});
  desk.draw({"bar", "row"});
  CHECK(desk.screen.seen() == Lines{"line", "bar", "row"});
  CHECK(desk.drawing.make_way());
  CHECK(desk.screen.seen() == Lines{"line"});
}

TEST_CASE("a task that passes its output on says when a line is not whole") {
  SharedDesk desk;
  desk.draw({"bar"});
  desk.terminal.begin_task(7, desk.ends[1]);
  desk.arrive();
  CHECK(desk.terminal.writing_task() == 7);
  desk.screen.text.print("half");
  desk.terminal.note_line_end(desk.ends[1], false);
  desk.draw({"bar"});
  CHECK(desk.screen.seen() == Lines{"half"});
  desk.screen.text.print(" a line\n");
  desk.terminal.note_line_end(desk.ends[1], true);
  desk.draw({"bar"});
  CHECK(desk.screen.seen() == Lines{"half a line", "bar"});
}
