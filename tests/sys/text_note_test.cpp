// A short text that one thread changes while another reads it.
#include "sys/text_note.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

using prun::sys::TextNote;

TEST_CASE("a note is empty, then what was written last, cut where it is too long") {
  TextNote note;
  CHECK(note.read().empty());
  note.write("first");
  note.write("2nd");
  CHECK(note.read() == "2nd");
  note.write(std::string(500, 'x'));
  CHECK(note.read() == std::string(TextNote::capacity, 'x'));
  note.write({});
  CHECK(note.read().empty());
}

TEST_CASE("a reader never sees parts of two texts") {
  TextNote note;
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (char c = 'a'; !stop; c = c == 'z' ? 'a' : static_cast<char>(c + 1)) note.write(std::string(100, c));
  });
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = note.read();
    if (!text.empty() && text != std::string(100, text[0])) {
      FAIL_CHECK(text);
      break;
    }
  }
  stop = true;
  writer.join();
}
