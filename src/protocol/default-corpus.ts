import type { Corpus } from './corpus.ts';

/** What virtual users talk about unless `--corpus` says otherwise: made-up people, a dozen fields of life, 3 to 8 answers each. */
export const defaultCorpus: Corpus = [
  {
    context: 'Learning about Python programming',
    answers: [
      "I'm interested in Python's data analysis capabilities.",
      'I have used spreadsheets for years, and a little SQL, but I have never written a program that somebody else had to run.',
      'Mostly sales figures: about forty thousand rows a month, exported as CSV from three shops that each name their columns differently.',
      'An hour in the evening on weekdays, more at the weekend.',
      'I would rather build something small that works and understand it afterwards than read a book from the first page.',
      'A monthly report that I can start with one command and that draws the same four charts every time.',
    ],
  },
  {
    context: 'Learning Python to automate chores in a small office',
    answers: [
      'Renaming scanned invoices and filing them by supplier takes me half of every Friday.',
      'The scanner writes one PDF per batch, sometimes with twenty invoices in it, and the supplier is printed in a different corner on each of them.',
      'Windows, and I am not allowed to install anything without asking first.',
      'Python came up because a colleague left a script behind that nobody dares to touch.',
    ],
  },
  {
    context: 'A teacher who prepares a Python course for fourteen-year-olds',
    answers: [
      'Twenty-six pupils, two lessons a week, from September until Christmas.',
      'Half of them have used Scratch; three or four already write their own games, and I need something for them to do while the others catch up.',
      'Drawing with the turtle went well last year, lists did not.',
      'The room has desktop computers without administrator rights, so it would have to run in a browser.',
      'I would like each of them to finish with one thing to show at the open day, even if it is only ten lines long.',
      'Marks come from a short test and from the project, in equal parts.',
      'They may work in pairs.',
    ],
  },
  {
    context: 'Choosing travel insurance for a family holiday',
    answers: [
      'Two adults and three children, the youngest is eight months old.',
      'Three weeks in Portugal in July, and we go by car through Spain.',
      'My father-in-law may join us for the second week. He is seventy-four and takes tablets for his blood pressure.',
      'The flat is paid in full already, about two thousand four hundred euros, and we get nothing back if we cancel.',
      'We have the European health card, but I do not know what it leaves out.',
    ],
  },
  {
    context: 'Travel insurance for a cycling tour across the Alps',
    answers: [
      'Five of us, all between thirty and forty-five, nine days at the end of August.',
      'We cross from Bavaria into Austria and Italy, with two passes above two thousand metres.',
      'The bicycles are worth more than everything else together; mine alone cost three thousand eight hundred.',
      'Mountain rescue by helicopter is what worries us most, because a friend received the bill for one.',
    ],
  },
  {
    context: 'A claim after a cancelled flight and a lost suitcase',
    answers: [
      'The flight was cancelled on the evening itself, two hours before it should have left, and the next free seats were on the day after.',
      'They gave us a voucher for a meal and nothing for the hotel.',
      'A hundred and eighty-six euros for two rooms, and I have the receipt.',
      'The suitcase came four days later with a broken lock, and the camera that had been in it was gone.',
      'I reported it at the desk straight away and have the reference number.',
      'Nobody has answered the three letters that I have written since then.',
    ],
  },
  {
    context: 'Planning the renovation of a kitchen in an old house',
    answers: [
      'The house was built in 1932, and we think that the pipes in the kitchen are as old as that.',
      'About eleven square metres, with one window to the north and a chimney in the corner that nobody uses any more.',
      'We would like to take out the wall to the dining room.',
      'I honestly do not know whether it carries anything. The floor above sags a little right over it, which made the surveyor frown but not write anything down.',
      'Twenty-five thousand, and I would be glad if a fifth of it were left at the end.',
      'We could live with my parents for six weeks, but not for longer.',
      'Gas at present. I would change to induction if the wiring allows it.',
      'Oak for the worktop, whatever else happens.',
    ],
  },
  {
    context: 'Insulating the roof of a terraced house',
    answers: [
      'In summer it is thirty-four degrees under the roof, and in January the water in the cat bowl froze.',
      'The rafters are fourteen centimetres deep, with nothing between them but dust and old newspapers.',
      'We want to use the room as an office.',
      'My neighbour had his done from the outside when his tiles were replaced, and he is happy with it, but ours are only eight years old.',
      'There is a grant from the region if the work is finished by October.',
    ],
  },
  {
    context: 'A bathroom that has to work for an elderly parent',
    answers: [
      'My mother is eighty-one and walks with a stick; the bath is the problem, she cannot step into it any more.',
      'It is a narrow room, one metre sixty wide, with the door opening inwards.',
      'She does not want it to look like a hospital.',
      'A shower without a step, a seat that folds away, and somewhere to hold on that is not the towel rail.',
    ],
  },
  {
    context: 'Understanding the health benefits of a new employer',
    answers: [
      'I start on the first of next month and have ten days to choose between three plans.',
      'There are four of us, and our daughter has asthma, so we see a specialist twice a year and pick up an inhaler every month.',
      'The cheapest plan has a deductible of three thousand, which frightens me a little.',
      'My husband could stay on his own plan, but then the children would have to be on one of the two.',
      'Our doctor has been ours for eleven years, and we would not like to change.',
      'Nobody could tell me whether the savings account comes along if I leave again.',
    ],
  },
  {
    context: 'Returning to work after parental leave',
    answers: [
      'Our son turns one in May, and I would like to begin again in June with three days a week.',
      'My employer asked for my plans in writing by the end of this month, and I do not want to promise anything that I cannot take back later.',
      'The nursery has confirmed Monday to Wednesday from eight until two.',
      'My partner works shifts.',
      'Before the leave I led a team of six. I have no idea whether that is possible in twenty-four hours a week, but nobody has said that it is not.',
      'What I earn matters less to me this year than that the job is still there in two.',
    ],
  },
  {
    context: 'Adapting a small farm to drier summers',
    answers: [
      'Sixty hectares, half of it wheat and barley, the rest grass for forty dairy cows.',
      'We had no rain worth mentioning between the middle of April and the end of June, for the third year in five.',
      'The soil is sandy on the hill and heavy by the river, so the same field can be too dry and too wet in one month.',
      'There is a well, but the permit ends in two years and I expect to be allowed less.',
      'My daughter wants to try chickpeas and plant rows of trees across the largest field; I am not against it, I would only like to see somebody who has made it pay.',
      'We sell the milk to a cooperative and the grain to whoever calls first.',
      'Fifteen thousand a year for experiments, if the bank stays patient.',
    ],
  },
  {
    context: 'How a town can prepare for heat waves',
    answers: [
      'Eighteen thousand inhabitants, and more than a quarter of them are over sixty-five.',
      'The market square is stone from wall to wall. At five in the afternoon last August we measured fifty-one degrees on the pavement.',
      'The library and the two churches stay cool, and both parishes have offered to open their doors.',
      'What we lack is a list of the people who live alone and who would not call anybody.',
      'The council meets in March.',
    ],
  },
  {
    context: 'Reducing the carbon footprint of a mid-sized bakery',
    answers: [
      'The ovens use nine tenths of our gas, and they run from two in the morning.',
      'Three vans deliver to twenty-two shops, none of them further away than thirty kilometres.',
      'We throw away about seven per cent of what we bake.',
      'A consultant recommended electric ovens, but the connection to the building would have to be doubled, and the grid operator speaks of eighteen months before anyone so much as visits.',
    ],
  },
  {
    context: 'Preparing for a job interview as a nurse in intensive care',
    answers: [
      'I have worked on a surgical ward for six years and finished the additional training in February.',
      'There will be two conversations: one with the head of nursing, and one at the bedside with somebody from the team.',
      'I am nervous about questions on ventilation, since I have only done it under supervision.',
      'The hardest night that I remember was one on which we lost two patients within an hour, and I had to tell both families because the doctor was in the operating theatre.',
      'Because I want to have time for one patient and not for fourteen.',
      'Rotating shifts are fine, as long as I know the plan four weeks ahead.',
    ],
  },
  {
    context: 'A first interview for a job as a junior accountant',
    answers: [
      'I finish my degree in the summer, and this is the first interview I have been invited to.',
      'It is a company with about three hundred people that makes valves for heating systems.',
      'I did an internship of three months with a tax adviser, mostly travel expenses and bank statements.',
      'Honestly, I find month-end closing exciting, although I have learned not to say so at parties.',
    ],
  },
  {
    context: 'Moving from engineering into a management role',
    answers: [
      'They have asked me to lead the team in which I have worked for four years.',
      'Nine people, two of whom applied for the same position.',
      'I enjoy explaining things, and I do not enjoy telling somebody for the third time that a deadline has passed.',
      'If I say no, they will hire from outside, and we have had bad luck with that before.',
      'I would want to keep writing code for one day a week, at least in the first year, so that I can find out whether I miss it.',
      'My own manager was good at asking one question and then being quiet for a very long time.',
      'The salary is eight per cent higher.',
    ],
  },
  {
    context: 'Learning to cook for one person on a small budget',
    answers: [
      'Forty euros a week, and I would like to spend less than that.',
      'Two rings, a small fridge, no oven.',
      'I can make pasta with tomato sauce and scrambled eggs, and after three weeks of it I would give a lot for anything else.',
      'No fish, please. Everything else is welcome.',
      'The market is on Saturday, and the last hour is cheap, but then I end up with two kilos of aubergines and no plan.',
    ],
  },
  {
    context: 'A dinner for twelve guests with several allergies',
    answers: [
      'Saturday in three weeks, and I would like to sit at the table as well and not stand in the kitchen all evening.',
      'One of them must not eat nuts, not even traces; two live without gluten; my brother eats no meat, and his wife is expecting.',
      'I have one oven and a very large pot.',
      'My grandmother used to make a lentil stew with roasted fennel, and I could cook it in my sleep.',
      'Something cold for dessert, which I can make on the day before.',
      'About a hundred and fifty euros, without the wine.',
    ],
  },
  {
    context: 'Baking bread with a sourdough starter',
    answers: [
      'My loaves taste right, but they spread out flat as soon as they leave the basket.',
      'Four fifths wheat flour, one fifth rye, and seventy-five per cent water.',
      'It stands for about five hours at twenty-two degrees, then overnight in the fridge.',
      'The starter is two years old and smells of apples.',
    ],
  },
  {
    context: 'Buying a used car for a long commute',
    answers: [
      'Eighty-five kilometres a day, nearly all of it on the motorway.',
      'Up to twelve thousand, with new tyres if they are needed.',
      'It should fit a pram in the boot without my having to take the wheels off first.',
      'I drove a diesel until now and was content with it, but the city where I work will not let it in from next year on.',
      'There is a socket in the garage at home and none at work.',
      'I have found two: one from a dealer with a year of warranty and a hundred and ten thousand on the clock, and one from a neighbour, younger and cheaper, that has been in an accident.',
    ],
  },
  {
    context: 'Comparing electric cars for a driver in the countryside',
    answers: [
      'The nearest fast charger is twenty-six kilometres away.',
      'We have panels on the barn roof and too much power at noon, when the car is not at home.',
      'Twice a month I tow a trailer with two sheep in it.',
    ],
  },
  {
    context: 'Turning a shady backyard into a garden',
    answers: [
      'It lies to the north-east, so there is sun until about ten in the morning and then none.',
      'Seven metres by nine, with a walnut tree that belongs to the neighbours and drops its leaves on our side.',
      'Nothing that I have planted under the tree has lived for longer than a year.',
      'A place to sit for four people, something green in winter, and no lawn.',
      'We have a dog that digs.',
      'I have Saturdays, and my patience for watering is limited; whatever we choose must survive two weeks without us in August.',
    ],
  },
  {
    context: 'Growing vegetables on a balcony',
    answers: [
      'Fourth floor, facing south-west, with quite a lot of wind.',
      'Last summer the tomatoes got brown spots from below, and by the end of July there was nothing left of them.',
      'Three boxes of a metre each, and hooks in the wall for two more.',
      'My daughter would like strawberries, and I would like to cut a salad now and then.',
    ],
  },
  {
    context: 'Moving a web shop from its own servers to the cloud',
    answers: [
      'Two machines in a rack, both of them seven years old, with a database of about three hundred gigabytes.',
      'In an ordinary week we see forty orders an hour; in the week before Mothers’ Day it is nine hundred, and twice we went down.',
      'The code is a monolith in PHP, and the person who knows it best retires next spring.',
      'Customer data has to stay within the European Union.',
      'An hour of downtime at night would be acceptable if we announce it a week before.',
      'We are three developers, and none of us has run anything in production beyond what we have now, so I would rather pay for managed services than learn everything at once.',
      'The lease on the rack ends in November.',
      'If the bill stays under two thousand a month, nobody will ask me any questions.',
    ],
  },
  {
    context: 'Recovering from an outage of a message queue',
    answers: [
      'The disk of one broker filled up on Sunday night, and the other two refused to elect a leader.',
      'We lost about eleven minutes of events, as far as we can tell from the gaps in the numbering.',
      'There was an alert. It went to the address of somebody who left in March.',
      'I would like to know what to change first, before we argue about whether to replace the whole thing.',
      'Retention is seven days, and the largest topic grows by thirty gigabytes a day.',
    ],
  },
  {
    context: 'Planning for retirement in fifteen years',
    answers: [
      'I am fifty-two, my wife is forty-nine, and the flat will be paid off in six years.',
      'We put away four hundred a month, and most of it lies in an account that earns next to nothing.',
      'The letter from the state pension says fourteen hundred, if everything stays as it is, which it will not.',
      'I sleep badly when something falls by a third, even when I know that it comes back.',
      'Walking, the grandchildren if there are any, and a winter somewhere warm.',
    ],
  },
  {
    context: 'Starting to run after a knee operation',
    answers: [
      'It was the meniscus in my left knee, nine weeks ago, and the surgeon was satisfied at the last visit.',
      'Before that I ran about twenty-five kilometres a week, on asphalt and in shoes that I should have replaced long ago.',
      'Walking is fine for an hour, but stairs still hurt a little on the way down.',
      'I would be happy with five kilometres by the summer.',
    ],
  },
];
