// The forty companies of the sample: the facts that are written by hand. All of them are invented.

export interface CompanyFacts {
  readonly name: string;
  readonly city: string;
  /** Year of foundation. */
  readonly year: number;
}

const facts = (name: string, city: string, year: number): CompanyFacts => ({ name, city, year });

/** In key order: the first has the key 1. Company 40 has no staff. */
export const companies: readonly CompanyFacts[] = [
  facts('Nordlys Værft', 'Århus', 1921),
  facts('Żuraw i Syn', 'Gdańsk', 1988),
  facts('Atelier Forêt', 'Besançon', 1974),
  facts('Großmann & Söhne', 'Görlitz', 1896),
  facts("O'Dowd Instruments", 'Dún Laoghaire', 1993),
  facts('Peña Solar', 'Cáceres', 2008),
  facts('Acme', 'Nice', 1969),
  facts('İnce Cam', 'İzmir', 1997),
  facts('Květinová Pošta', 'Plzeň', 2003),
  facts('Quiet Harbour Software', 'Bristol', 2012),
  facts('Þór Geothermal', 'Akureyri', 1999),
  facts('Padaria Três Irmãos', 'São Paulo', 1952),
  facts('Kőszegi Óra', 'Győr', 1931),
  facts('Lac & Montagne', 'Neuchâtel', 1986),
  facts('Hương Sen Tea', 'Đà Nẵng', 2005),
  facts('Ελιά & Μέλι', 'Καλαμάτα', 1979),
  facts('Harmattan Freight', 'Accra', 1994),
  facts('Fjällets Kartor', 'Umeå', 1967),
  facts('Bicicletas Ñandú', 'Asunción', 2001),
  facts('山田製作所', '大阪', 1948),
  facts('Saffron & Slate', 'Pune', 2010),
  facts('Õnn Raamatud', 'Tartu', 1991),
  facts('Côte d’Argent Voiles', 'La Rochelle', 1983),
  facts('Brău Carpați', 'Brașov', 1926),
  facts('Čebela', 'Škofja Loka', 2015),
  facts('100% Wool', 'Dunedin', 1989),
  facts('Tres_Puntos Estudio', 'Bogotá', 2014),
  facts('@home Services', 'Gent', 2000),
  facts('Ośrodek Badań Światła', 'Łódź', 1978),
  facts('Rīgas Dzintars', 'Rīga', 1992),
  facts('Tundra Acoustics', 'Yellowknife', 2007),
  facts('Bøk & Bind', 'Tromsø', 1958),
  facts('Gül Suyu', 'Isparta', 1964),
  facts('Südwind Luftschiffe', 'Friedrichshafen', 2011),
  facts('Cais Novo Arquitetos', 'Póvoa de Varzim', 1996),
  facts('Ŝipo Esperanto Press', 'Białystok', 1987),
  facts('Mac "Quick" Couriers', 'Glasgow', 1998),
  facts('Вишня', 'Полтава', 2004),
  facts("L'Òpera de Sorra", 'València', 1972),
  facts('Zenith Ballooning', 'Zürich', 2013),
];
