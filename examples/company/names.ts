// The people's names: first and last names by language, so that a Polish first name meets a Polish last name.
import type { Random } from './random.ts';

interface People {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

const list = (text: string): readonly string[] => text.split(', ');

const peoples: readonly People[] = [
  {
    first: list('Chloé, Anaïs, Éloïse, Jean-Luc, François, Hélène, Benoît, Zoé, Rémi, Noëlle'),
    last: list("Lefèvre, Béranger, d'Aubigné, Garçon, Moreau, Crépin, L'Huillier, Saint-Étienne, Forêt, Bézier"),
  },
  {
    first: list('Jürgen, Käthe, Sören, Björn, Antje, Götz, Ulrike, Jörg, Annegret, Matthias'),
    last: list('Groß, Müller, Weiß, Schäfer, von der Heide, Strauß, Köhler, Jäger, Voß, Übelacker'),
  },
  {
    first: list('Łukasz, Małgorzata, Zbigniew, Żaneta, Paweł, Agnieszka, Stanisław, Bożena, Michał, Świętosława'),
    last: list('Wałęcki, Żurek, Łoś, Dąbrowska, Kowalczyk, Ćwik, Szczęsny, Gołąb, Jabłońska, Źródłowski'),
  },
  {
    first: list('Søren, Åse, Bjørn, Pål, Kåre, Øyvind, Signe, Jørgen, Liv, Håkon'),
    last: list('Østergård, Ødegaard, Kjær, Nygård, Bjørnsen, Sæther, Åkesen, Højgaard, Lund, Sørensen'),
  },
  {
    first: list('Iñaki, Begoña, José María, Lucía, Ángel, Íñigo, Nuria, Óscar, Inés, Jesús'),
    last: list('Muñoz, Ibáñez, García Márquez, Núñez, Peña, Etxeberria, Zúñiga, Castaño, Solís, de la Cruz'),
  },
  {
    first: list('İpek, Işıl, Çağla, Ömer, Gülşen, Oğuz, Şebnem, İlker, Ümit, Tuğba'),
    last: list('Yılmaz, Çelik, Şahin, Öztürk, Güneş, İnce, Ağaoğlu, Kılıç, Doğan, Işık'),
  },
  {
    first: list('João, Conceição, Inês, Luís, Mônica, Tomás, Fábio, Natália, Antônio, Graça'),
    last: list('Gonçalves, Guimarães, Simões, Araújo, Assunção, Falcão, Luz, Magalhães, Brandão, Sá'),
  },
  {
    first: list('Jiří, Šárka, Zdeněk, Růžena, Ondřej, Kateřina, Bořivoj, Lubomír, Žofie, Tomáš'),
    last: list('Dvořák, Růžička, Černý, Šťastný, Kůň, Nováková, Křížek, Ďurica, Veselý, Žižka'),
  },
  {
    first: list('Siobhán, Aoife, Niamh, Seán, Ciarán, Gráinne, Pádraig, Oisín, Róisín, Fionn'),
    last: list("O'Brien, Ó Súilleabháin, O'Dowd, MacCarthy, Ní Dhomhnaill, Byrne, FitzGerald, O'Shea, Quinn, D'Arcy"),
  },
  {
    first: list('Győző, Erzsébet, Zsófia, Ödön, Réka, Béla, Ágnes, László, Tünde, Csaba'),
    last: list('Kőszegi, Szűcs, Tóth, Fehér, Hegedűs, Őri, Vörös, Gál, Nagy, Zöld'),
  },
  {
    first: list('Guðrún, Þórdís, Ásgeir, Ragnheiður, Örn, Sigríður, Ævar, Björk, Halldór, Þór'),
    last: list(
      'Jónsdóttir, Þorvaldsson, Ásmundsson, Ægisdóttir, Bjarnason, Óskarsdóttir, Hauksson, Blöndal, Briem, Sturluson',
    ),
  },
  {
    first: list('Nguyệt, Đức, Hương, Thảo, Quốc, Ánh, Dũng, Yến, Phước, Liên'),
    last: list('Nguyễn, Trần, Lê, Phạm, Huỳnh, Đặng, Võ, Bùi, Đỗ, Dương'),
  },
  {
    first: list('Δήμητρα, Γιώργος, Ελένη, Νίκος, Σοφία'),
    last: list('Παπαδάκης, Ιωάννου, Σταθόπουλος, Γεωργίου, Αγγέλου'),
  },
  { first: list('Дмитрий, Ольга, Сергей, Наталья, Фёдор'), last: list('Соловей, Шевченко, Ковальчук, Белый, Гончар') },
  { first: list('美咲, 健太, 由美子, 翔, 千春'), last: list('山田, 小林, 渡辺, 佐々木, 森') },
  {
    first: list('Grace, Winston, Olivia, Desmond, Priya, Kwame, Amara, Rohan, Sade, Miles'),
    last: list('Smith, Okafor, Stone, Patel, Mensah, Abernathy-Jones, Singh, Whitfield, Adeyemi, Sutton'),
  },
];

/** Letters that do not come apart into a Latin letter and its mark; other scripts letter by letter. */
const latin: Readonly<Record<string, string>> = Object.fromEntries(
  list(
    'ß=ss, ł=l, ø=o, æ=ae, đ=d, ð=d, þ=th, ı=i, ' +
      'α=a, β=v, γ=g, δ=d, ε=e, ζ=z, η=i, θ=th, ι=i, κ=k, λ=l, μ=m, ν=n, ξ=x, ο=o, π=p, ρ=r, σ=s, ς=s, τ=t, υ=y, φ=f, χ=ch, ψ=ps, ω=o, ' +
      'а=a, б=b, в=v, г=g, д=d, е=e, ж=zh, з=z, и=i, й=j, к=k, л=l, м=m, н=n, о=o, п=p, р=r, с=s, т=t, у=u, ф=f, х=h, ц=c, ч=ch, ш=sh, ь=, ю=yu, я=ya, ы=y, ' +
      '美=mi, 咲=saki, 健=ken, 太=ta, 由=yu, 子=ko, 翔=sho, 千=chi, 春=haru, 山=yama, 田=da, 小=ko, 林=bayashi, 渡=wata, 辺=nabe, 佐=sa, 々=sa, 木=ki, 森=mori',
  ).map((pair) => [pair.slice(0, 1), pair.slice(2)]),
);

/** A text in the letters a to z and digits, words joined by `-`: `Łoś` → `los`, `O'Brien` → `obrien`. */
export function asciiForm(text: string): string {
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return Array.from(bare, (letter) => latin[letter] ?? letter)
    .join('')
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** A first and a last name that belong together. */
export function pickName(random: Random): { readonly firstName: string; readonly lastName: string } {
  const people = random.pick(peoples);
  return { firstName: random.pick(people.first), lastName: random.pick(people.last) };
}
