// Something drawn on a terminal that outputs are written to as well, such as a progress bar. The outputs ask it to make way.
#pragma once

namespace prun {

class Overlay {
 public:
  Overlay() = default;
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  /// An output is about to write: the drawing is taken away. False: the terminal takes nothing now, so nothing may be written.
  [[nodiscard]] virtual bool make_way() = 0;
  /// An output has written something that ends with this byte. Nothing is drawn behind half a line.
  virtual void wrote(char last) = 0;
  /// What waits in an output is written together with the next drawing, within a tenth of a second: otherwise a drawing would
  /// flicker that has to make way many times a second.
  [[nodiscard]] virtual bool holds_back() const = 0;

 protected:
  ~Overlay() = default;
};

}  // namespace prun
