interface Place {
  finish?: () => void;
}

/** Lets work that ends in any order take effect in the order in which it began. */
export class InOrder {
  private places: Place[] = [];
  private head = 0;

  begin(): Place {
    const place: Place = {};
    this.places.push(place);
    return place;
  }

  /** Runs `finish` once everything that began earlier has finished. */
  end(place: Place, finish: () => void): void {
    place.finish = finish;
    for (let first = this.places[this.head]; first?.finish; first = this.places[this.head]) {
      this.head++;
      first.finish();
    }
    if (this.head !== this.places.length) return;
    this.places = [];
    this.head = 0;
  }
}
